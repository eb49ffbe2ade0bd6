package mail

import (
	"html/template"
	"strings"

	"wasl/internal/notify"
)

// Text is a letter as it is written: its subject, and the same in plain text and for
// programs that know to write from right to left.
type Text struct {
	Subject string
	Plain   string
	HTML    string
}

// words are what a mail says beside its notice.
type words struct {
	Page, Why, Dir string
}

var inEnglish = words{
	Page: "See the number:", Dir: "ltr",
	Why: "You get this mail because you look after this business in Wasl. Who gets such mails can be changed in Wasl, under Notices.",
}

var inArabic = words{
	Page: "صفحة الرقم:", Dir: "rtl",
	Why: "تصلك هذه الرسالة لأنك تتولّى أمر هذا النشاط في وصل. ويمكن تغيير من تصله مثلها من صفحة الإشعارات في وصل.",
}

// Compose writes a letter. public is where people reach the house.
func Compose(l notify.Letter, public string) Text {
	w := inEnglish
	if l.Locale == notify.Arabic {
		w = inArabic
	}
	said := notify.Write(l.Notice, l.Place, l.Locale)
	link := public + "/numbers"
	if l.Number != "" {
		link += "/" + string(l.Number)
	}
	paragraphs := []string{said.Text}
	if said.Do != "" {
		paragraphs = append(paragraphs, said.Do)
	}
	plain := said.Title + "\n\n" + strings.Join(paragraphs, "\n\n") + "\n\n" + w.Page + " " + link + "\n\n-- \n" + l.Place.Business + "\n" + w.Why + "\n"
	var html strings.Builder
	err := page.Execute(&html, map[string]any{
		"Lang": string(l.Locale), "Title": said.Title, "Paragraphs": paragraphs, "Words": w, "Link": link, "Business": l.Place.Business,
	})
	if err != nil {
		panic("mail: a page does not execute: " + err.Error())
	}
	return Text{Subject: said.Title, Plain: plain, HTML: html.String()}
}

var page = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Words.Dir}}">
<body dir="{{.Words.Dir}}" style="font-family: sans-serif; line-height: 1.6; max-width: 36em">
<h1 style="font-size: 1.2em">{{.Title}}</h1>
{{range .Paragraphs}}<p>{{.}}</p>
{{end}}<p>{{.Words.Page}} <a href="{{.Link}}" dir="ltr">{{.Link}}</a></p>
<p style="color: #666; font-size: 0.9em"><span dir="auto">{{.Business}}</span><br>{{.Words.Why}}</p>
</body>
</html>
`))
