package form

// Fault is what is wrong with a template or with a send of one.
type Fault struct {
	Code, Subcode int
	// Title and Message are for people: error_user_title and error_user_msg. Of
	// a send, Message is error_data.details and there is no title.
	Title, Message string
}

func (f *Fault) Error() string { return f.Message }

// Subcodes of creating and editing templates, all under code 100 (§4.4, §6.2,
// field knowledge; read 2026-09).
const (
	LimitReached = 2388019
	NameLeaving  = 2388023
	Duplicate    = 2388024
	tooLong      = 2388040
	headerFormat = 2388047
	bodyFormat   = 2388072
	footerFormat = 2388073
	tooManyVars  = 2388293
	edgeVariable = 2388299
)

var titles = map[int]string{
	LimitReached: "Template limit reached",
	NameLeaving:  "Message template language is being deleted",
	Duplicate:    "Content in this language already exists",
	tooLong:      "Character limit exceeded",
	headerFormat: "Message header format is incorrect",
	bodyFormat:   "Message body format is incorrect",
	footerFormat: "Message footer format is incorrect",
	tooManyVars:  "Parameters to words ratio exceeds limit",
	edgeVariable: "Leading or trailing parameters are not allowed",
}

// Refusal is the fault of a subcode.
func Refusal(subcode int, message string) *Fault {
	return &Fault{Code: 100, Subcode: subcode, Title: titles[subcode], Message: message}
}

// parameter is a fault without a subcode of its own.
func parameter(message string) *Fault {
	return &Fault{Code: 100, Title: "Invalid parameter", Message: message}
}
