package body

// Limit is one bound of what a send may say. Units are characters (Unicode code
// points, as Meta counts them) or elements of a list.
type Limit struct {
	// Of is the member in Meta's way of writing: text['body'].
	Of  string
	Min int
	Max int
	// Unit is "characters", "elements" or "minutes".
	Unit string
	// Read is when the source said so, year and month; Source is a section of
	// the protocol notes, which name the page.
	Read, Source string
}

func chars(of string, least, most int, source string) Limit {
	return Limit{Of: of, Min: least, Max: most, Unit: "characters", Read: "2026-09", Source: "cloud-api-protocol " + source}
}

func count(of string, least, most int, source string) Limit {
	return Limit{Of: of, Min: least, Max: most, Unit: "elements", Read: "2026-09", Source: "cloud-api-protocol " + source}
}

// The limits. Where the notes disagree the larger number counts, so that nothing
// is refused that Meta may take: 257 contacts by the page and 5 by the OpenAPI
// file, a coupon code of 20 by the newer page and 15 by the older.
var (
	opaque       = chars("biz_opaque_callback_data", 0, 512, "§2.1")
	textBody     = chars("text['body']", 1, 4096, "§2.2")
	caption      = chars("caption", 0, 1024, "§2.2")
	contactCount = count("contacts", 1, 257, "§2.2")

	headerText  = chars("interactive['header']['text']", 1, 60, "§2.4")
	bodyText    = chars("interactive['body']['text']", 1, 1024, "§2.4")
	listBody    = chars("interactive['body']['text'] of a list", 1, 4096, "§2.4")
	footerText  = chars("interactive['footer']['text']", 1, 60, "§2.4")
	buttonCount = count("interactive['action']['buttons']", 1, 3, "§2.4")
	buttonID    = chars("interactive['action']['buttons']['reply']['id']", 1, 256, "§2.4")
	buttonTitle = chars("interactive['action']['buttons']['reply']['title']", 1, 20, "§2.4")

	listButton     = chars("interactive['action']['button']", 1, 20, "§2.4")
	sectionCount   = count("interactive['action']['sections']", 1, 10, "§2.4")
	sectionTitle   = chars("interactive['action']['sections']['title']", 0, 24, "§2.4")
	rowCount       = count("rows of all sections", 1, 10, "§2.4")
	rowID          = chars("interactive['action']['sections']['rows']['id']", 1, 200, "§2.4")
	rowTitle       = chars("interactive['action']['sections']['rows']['title']", 1, 24, "§2.4")
	rowDescription = chars("interactive['action']['sections']['rows']['description']", 0, 72, "§2.4")
	productCount   = count("products of all sections", 1, 30, "§2.4")

	displayText = chars("interactive['action']['parameters']['display_text']", 1, 20, "§2.4")
	flowCTA     = chars("interactive['action']['parameters']['flow_cta']", 1, 30, "§2.4")
	callMinutes = Limit{
		Of: "interactive['action']['parameters']['ttl_minutes']", Min: 1, Max: 43200, Unit: "minutes",
		Read: "2026-08", Source: "cloud-api-protocol §2.4 (from a client library, not from a page)",
	}
	cardCount = count("interactive['action']['cards']", 2, 10, "§2.4")
	cardText  = chars("interactive['action']['cards']['body']['text']", 1, 160, "§2.4")

	templateName = chars("template['name']", 1, 512, "§4.4")
)

// Limits is the table of all of them.
func Limits() []Limit {
	return []Limit{
		opaque, textBody, caption, contactCount, headerText, bodyText, listBody, footerText, buttonCount, buttonID, buttonTitle,
		listButton, sectionCount, sectionTitle, rowCount, rowID, rowTitle, rowDescription, productCount,
		displayText, flowCTA, callMinutes, cardCount, cardText, templateName,
	}
}
