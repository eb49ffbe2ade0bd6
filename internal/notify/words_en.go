package notify

// openAppEnglish is what to do about a silent phone.
const openAppEnglish = "Open WhatsApp Business on that phone, with the internet on, and leave it open for a minute. " +
	"WhatsApp Web or a linked computer does not count. If the app was opened already, say so on the number's page."

var english = language{
	silent: func(s subject, level int) Words {
		w := Words{
			Title: "Open WhatsApp Business on the phone of " + s.number + " by " + s.by,
			Text: "Nothing has shown for days that the app is opened on this phone. If nobody opens it by " + s.by +
				", WhatsApp may end the connection: then nothing is sent or received here until the number is connected again.",
			Do: openAppEnglish,
		}
		switch level {
		case 2:
			w.Title = "Second reminder: open WhatsApp Business on the phone of " + s.number + " by " + s.by
		case 3:
			w.Title = "Urgent: open WhatsApp Business on the phone of " + s.number + " by " + s.by
		case 4:
			w.Title = "Last reminder: open WhatsApp Business on the phone of " + s.number + " now"
			w.Text = "Nothing has shown for so long that the app is opened on this phone that WhatsApp may end the connection at any moment. " +
				"Then nothing is sent or received here until the number is connected again."
		}
		return w
	},
	disconnected: func(s subject) Words {
		w := Words{
			Title: s.number + " is no longer connected",
			Text:  "WhatsApp has ended the connection. The phone works as before; from here nothing is sent or received. Nothing that is here is lost.",
			Do:    "Connect the number again: Numbers, Connect a number.",
		}
		if why, ok := englishReasons[s.code]; ok {
			w.Text = why + " " + w.Text
		}
		return w
	},
	suspended: func(s subject) Words {
		return Words{
			Title: s.number + " is on hold: its phone is being set up anew",
			Text: "WhatsApp has paused the connection, as it does when the app is installed again or moves to another phone. " +
				"What is written here waits. Messages of this time may be seen on the phone only.",
			Do: "While setting up the app, leave the tick for the Business Platform. Then it connects again by itself within minutes.",
		}
	},
	reconnected: func(s subject) Words {
		return Words{
			Title: s.number + " is connected again",
			Text:  "Messages are sent and received again. What waited goes out now.",
			Do:    "Look on the phone for messages that came meanwhile: they may not be here.",
		}
	},
	declined: func(s subject) Words {
		if !s.history {
			return Words{
				Title: "The contacts of " + s.number + " were not shared",
				Text:  "Meta says that the phone does not share its contacts. Names will be those that customers gave themselves.",
			}
		}
		return Words{
			Title: "The past chats of " + s.number + " were not shared",
			Text:  "On the phone it was chosen not to share the chats of the past. For this connection that is final; new messages are all here.",
			Do:    "Single chats can be exported on the phone and brought in here.",
		}
	},
	overdue: func(s subject) Words {
		return Words{
			Title: englishSync(s) + " of " + s.number + " have not come yet",
			Text:  "Meta took the request, but sends nothing. It cannot be asked twice.",
			Do:    "Open WhatsApp Business on the phone and leave it open for a while: that is where they come from.",
		}
	},
	failed: func(s subject) Words {
		return Words{
			Title: englishSync(s) + " of " + s.number + " will not come",
			Text:  "Meta does not take the request any more. New messages are not affected.",
			Do:    "Only connecting the number again opens a new request. The number's page says more.",
		}
	},
	stopped: func(s subject) Words {
		w := Words{
			Title: s.number + " sends nothing until somebody acts",
			Text:  "Meta refuses what is sent from this number. What is written here waits.",
			Do:    "The number's page says what to do.",
		}
		if do, ok := englishStops[s.code]; ok {
			w.Do = do
		}
		return w
	},
	test: func(s subject) Words {
		return Words{
			Title: "This is a test of the notices of " + s.business,
			Text:  "Somebody asked for it in the settings. If you can read this, notices reach you here.",
		}
	},
}

func englishSync(s subject) string {
	if s.history {
		return "The past chats"
	}
	return "The contacts"
}

// englishReasons are Meta's reasons for the end of a connection
// (coexistence-protocol §4.8, read 2026-11-22).
var englishReasons = map[string]string{
	"PRIMARY_INACTIVITY":   "The app was not opened on the phone for too long.",
	"COMPANION_INACTIVITY": "The connection was not used for too long.",
	"BUSINESS_DOWNGRADE":   "The number was registered in the ordinary WhatsApp app.",
	"CHANGE_NUMBER":        "The owner changed the number in the app.",
	"USER_RE_REGISTERED":   "The number was registered anew on a phone.",
	"ACCOUNT_DISCONNECTED": "The WhatsApp account was deleted or blocked.",
}

// englishStops say what to do about a Number that is stopped.
var englishStops = map[string]string{
	"token_missing":      "The access to Meta is missing. Connect the number again.",
	"token_refused":      "Meta no longer takes our access. Connect the number again.",
	"permission_missing": "Meta says that a permission is missing. Connect the number again and allow everything.",
	"policy_blocked":     "Meta has blocked the number for breaking its rules. See WhatsApp Manager.",
	"account_locked":     "Meta has locked the account. See WhatsApp Manager.",
	"not_registered":     "Meta does not know the number as connected. Connect it again.",
	"payment_missing":    "Meta misses a payment method. Add one in WhatsApp Manager.",
}
