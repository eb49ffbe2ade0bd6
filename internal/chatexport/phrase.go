package chatexport

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// The words of WhatsApp in English and Arabic, as exports and descriptions of them
// show them; testdata/SOURCES.md says where each was seen. A phrase is compared without marks,
// vowel signs, case and full stop.

// announcements are how lines begin that nobody said although a colon may stand in
// them.
var announcements = folded(
	"messages and calls are end-to-end encrypted", "messages to this chat and calls are now secured",
	"messages you send to this chat and calls are now secured", "your security code with", "this chat is with a business account",
	"this business uses a secure service", "this business works with other companies", "this business is now", "you blocked this contact", "you unblocked this contact",
	"الرسائل والمكالمات مشفرة", "الرسائل التي ترسلها", "تغير رمز الامان", "تم تغيير رمز الأمان", "هذا النشاط التجاري", "تستخدم هذه الشركة", "لقد قمت بحظر",
)

// acts are what stands in a line that tells what somebody did, before a colon in
// it.
var acts = folded(
	" changed the subject", " changed the group", " changed this group", " changed to ", " created group", " added ", " changed their phone number",
	" غير موضوع", " غير اسم المجموعة", " غير رقم", " أنشأ المجموعة", " أضاف ",
)

// notices are what the system says although iPhones put a name before it.
var notices = append(announcements, folded(
	"you deleted this group", "changed their phone number", "changed to a new number", "waiting for this message", "this message couldn't load",
	"غير رقم هاتفه", "في انتظار هذه الرسالة",
)...)

// calls are how the lines of calls begin.
var calls = folded(
	"missed voice call", "missed video call", "missed group", "voice call,", "video call,", "voice call.", "video call.", "silenced voice call", "silenced video call",
	"مكالمة صوتية فائتة", "مكالمة فيديو فائتة", "مكالمة لم يرد عليها", "مكالمة صوتية لم يتم الرد", "مكالمة فيديو لم يتم الرد",
)

// deleted are the words in the place of a message that was taken back.
var deleted = folded(
	"this message was deleted", "you deleted this message", "this message was deleted by admin",
	"تم حذف هذه الرسالة", "حذفت هذه الرسالة", "لقد حذفت هذه الرسالة", "لقد حذفت أنت هذه الرسالة", "قمت بحذف هذه الرسالة",
)

// once are the words in the place of what could be looked at once.
var once = folded(
	"<view once voice message omitted>", "<view once message omitted>", "view once message omitted", "view once photo omitted", "view once video omitted",
	"you received a view once message. for added privacy, you can only open it on your phone",
	"<تم استبعاد رسالة العرض لمرة واحدة>", "رسالة العرض مرة واحدة",
)

// omitted are the words in the place of a file that was not exported.
var omitted = func() map[string]Kind {
	m := map[string]Kind{}
	for kind, words := range map[Kind][]string{
		Media:    {"<media omitted>", "media omitted", "<تم استبعاد الوسائط>", "تم استبعاد الوسائط", "<الوسائط غير مضمنة>", "الوسائط غير مضمنة", "<attached>"},
		Image:    {"image omitted", "photo omitted", "تم استبعاد الصورة", "لم يتم إدراج الصورة", "الصورة غير مشمولة", "تم حذف الصورة"},
		Video:    {"video omitted", "gif omitted", "video note omitted", "تم استبعاد الفيديو", "لم يتم إدراج الفيديو", "الفيديو غير مشمول", "تم استبعاد gif", "تم حذف الفيديو"},
		Audio:    {"audio omitted", "voice message omitted", "تم استبعاد المقطع الصوتي", "تم استبعاد الصوت", "لم يتم إدراج الصوت", "تم حذف الصوت"},
		Document: {"document omitted", "file omitted", "تم استبعاد المستند", "لم يتم إدراج المستند", "تم حذف المستند"},
		Sticker:  {"sticker omitted", "تم استبعاد الملصق", "لم يتم إدراج الملصق", "تم حذف الملصق"},
		Card:     {"contact card omitted", "contact omitted", "تم استبعاد جهة الاتصال", "تم استبعاد بطاقة جهة الاتصال", "تم حذف بطاقة جهة الاتصال"},
	} {
		for _, w := range folded(words...) {
			m[w] = kind
		}
	}
	return m
}()

// attachedAfter stand behind a file's name on Android, attachedBefore before it in
// the angle brackets of iPhones.
var (
	attachedAfter  = folded("(file attached)", "<attached>", "(الملف مرفق)", "(ملف مرفق)", "(تم إرفاق ملف)")
	attachedBefore = folded("<attached:", "<مرفق:", "<المرفق:", "<تم إرفاق:")
	editedMarks    = []string{"<This message was edited>", "<تم تعديل هذه الرسالة>", "<تم تعديل هذا المحتوى>"}
	locations      = folded("location: http", "الموقع: http", "موقع: http")
	livePlaces     = folded("live location shared", "تمت مشاركة الموقع المباشر")
	polls          = folded("poll:", "استطلاع:", "استطلاع رأي:")
)

func folded(words ...string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		// A space at either end counts.
		out[i] = fold(w)
		if strings.HasPrefix(w, " ") {
			out[i] = " " + out[i]
		}
		if strings.HasSuffix(w, " ") {
			out[i] += " "
		}
	}
	return out
}

// fold is a phrase as it is compared.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x064b && r <= 0x0652, r == 'ـ': // vowel signs and the stretching line
			return -1
		case r == 'أ', r == 'إ', r == 'آ':
			return 'ا'
		case r == '’':
			return '\''
		}
		return unicode.ToLower(r)
	}, tidy(s))
	return strings.TrimSuffix(s, ".")
}

func begins(s string, with []string) bool {
	return slices.ContainsFunc(with, func(w string) bool { return strings.HasPrefix(s, w) })
}

func announcement(rest string) bool { return begins(fold(rest), announcements) }

func act(sender string) bool {
	s := fold(sender)
	return slices.ContainsFunc(acts, func(a string) bool { return strings.Contains(s, a) })
}

func call(s string) bool { return begins(fold(s), calls) }

// cutEdited takes the note off that a message was edited.
func cutEdited(s string) (string, bool) {
	trimmed := strings.TrimRightFunc(s, blank)
	for _, m := range editedMarks {
		if t, ok := strings.CutSuffix(trimmed, m); ok {
			return strings.TrimRightFunc(t, blank), true
		}
	}
	return s, false
}

func blank(r rune) bool { return unicode.IsSpace(r) || mark(r) }

// classify tells what somebody sent. said is the first line, more what follows.
func classify(said, more string) (kind Kind, file, text string) {
	text = strings.TrimRightFunc(strings.TrimLeftFunc(said, mark)+more, blank)
	line := fold(said)
	alone := strings.TrimFunc(more, blank) == ""
	caption := strings.TrimFunc(more, blank)
	if file, before := attached(said); file != "" {
		return kindOf(file), file, strings.TrimSpace(before + "\n" + caption)
	}
	if kind, before := left(said, line); kind != "" {
		return kind, "", strings.TrimSpace(before + "\n" + caption)
	}
	switch {
	case strings.TrimFunc(text, blank) == "":
		return Empty, "", ""
	case begins(line, polls) && !alone:
		return Poll, "", text
	case begins(line, locations), slices.Contains(livePlaces, line):
		return Location, "", text
	case !alone:
		return Text, "", text
	case slices.Contains(deleted, line):
		return Deleted, "", text
	case slices.Contains(once, line):
		return ViewOnce, "", text
	// The system's words come behind a mark where a name stands before them; the
	// same words without it were said by somebody.
	case begins(line, calls) && marked(said):
		return Call, "", text
	case begins(line, notices) && marked(said):
		return System, "", text
	}
	return Text, "", text
}

func marked(s string) bool {
	return strings.HasPrefix(s, "\u200e") || strings.HasPrefix(s, "\u200f")
}

// left finds the words for a file that was not exported: the whole line, or on
// iPhones its end, after a document's name and pages.
func left(said, line string) (kind Kind, before string) {
	if k, ok := omitted[line]; ok {
		return k, ""
	}
	i := max(strings.LastIndex(said, "\u200e"), strings.LastIndex(said, "\u200f"))
	if i <= 0 {
		return "", ""
	}
	return omitted[fold(said[i:])], tidy(said[:i])
}

// attached finds the name of a file that was exported.
func attached(said string) (file, before string) {
	line := tidy(said)
	low := fold(line)
	for _, a := range attachedAfter {
		if strings.HasSuffix(low, a) {
			if i := strings.LastIndexAny(line, "(<"); i > 0 {
				return safe(line[:i]), ""
			}
		}
	}
	i := strings.LastIndexByte(line, '<')
	if i < 0 || !strings.HasSuffix(line, ">") || !begins(fold(line[i:]), attachedBefore) {
		return "", ""
	}
	_, name, _ := strings.Cut(line[i:len(line)-1], ":")
	return safe(name), strings.TrimSpace(line[:i])
}

// safe is a file's name without a path; empty if it has none.
func safe(name string) string {
	name = path.Base(strings.ReplaceAll(strings.TrimSpace(name), "\\", "/"))
	if name == "." || name == ".." || name == "/" || path.Ext(name) == "" {
		return ""
	}
	return name
}

// kindOf tells what a file is by its name.
func kindOf(file string) Kind {
	low := strings.ToLower(file)
	switch path.Ext(low) {
	case ".jpg", ".jpeg", ".png", ".heic", ".heif":
		return Image
	case ".mp4", ".mov", ".3gp", ".mkv", ".gif":
		return Video
	case ".opus", ".ogg", ".m4a", ".mp3", ".aac", ".amr", ".wav":
		return Audio
	case ".webp":
		return Sticker
	case ".vcf":
		return Card
	}
	return Document
}
