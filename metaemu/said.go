package metaemu

import (
	"encoding/json"
	"fmt"
	"strings"

	"wasl/metaemu/wire"
)

// jsonObject is JSON that a caller wrote.
type jsonObject = json.RawMessage

// contentOf makes the content object of something said, and one line of text
// for the screens.
func (e *Emulator) contentOf(c Content) (content []byte, text string, err error) {
	typ := or(c.Type, "text")
	if len(c.Object) > 0 && string(c.Object) != "null" {
		content, err = wire.Compact(c.Object)
		if err != nil {
			return nil, "", fmt.Errorf("object is no JSON: write what stands under the key %q in a webhook", typ)
		}
		content, err = e.completed(typ, content)
		return content, or(c.Text, summaryOf(typ, content)), err
	}
	content, err = e.invent(typ, c.Text)
	if err != nil {
		return nil, "", err
	}
	return content, summaryOf(typ, content), nil
}

// invent makes a content object of any type from a piece of text.
func (e *Emulator) invent(typ, text string) ([]byte, error) {
	var o wire.Object
	switch typ {
	case "text":
		if text == "" {
			return nil, fmt.Errorf("text is missing: write what the message says")
		}
		return o.Str("body", text).Bytes(), nil
	case "image", "video", "document", "audio", "sticker":
		return e.inventMedia(typ, text), nil
	case "location":
		return o.Float("latitude", 30.0444).Float("longitude", 31.2357).Opt("name", text).Bytes(), nil
	case "contacts":
		var name wire.Object
		name.Str("formatted_name", or(text, "Mona Adel")).Str("first_name", or(text, "Mona"))
		o.Obj("name", &name)
		return fmt.Appendf(nil, "[%s]", o.Bytes()), nil
	case "interactive":
		var reply wire.Object
		reply.Str("id", slug(text)).Str("title", or(text, "Yes"))
		return o.Str("type", "button_reply").Obj("button_reply", &reply).Bytes(), nil
	case "button":
		return o.Str("payload", or(text, "Yes")).Str("text", or(text, "Yes")).Bytes(), nil
	case "order":
		var item wire.Object
		item.Str("product_retailer_id", "sku-1").Int("quantity", 1).Float("item_price", 9.5).Str("currency", "USD")
		return o.Str("catalog_id", e.nodeID("catalog")).Opt("text", text).List("product_items", item.Bytes()).Bytes(), nil
	}
	return nil, fmt.Errorf("type %q needs an object: write what stands under the key %q in a webhook", typ, typ)
}

func slug(text string) string {
	return or(strings.ToLower(strings.Join(strings.Fields(text), "-")), "yes")
}

// withCaption is the same media object with another caption in front.
func withCaption(content []byte, caption string) []byte {
	var old map[string]json.RawMessage
	if json.Unmarshal(content, &old) != nil {
		return content
	}
	var o wire.Object
	o.Str("caption", caption)
	for _, k := range []string{"filename", "mime_type", "sha256", "id", "url"} {
		if v, ok := old[k]; ok {
			o.Raw(k, compact(v))
		}
	}
	return o.Bytes()
}
