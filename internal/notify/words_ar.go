package notify

// openAppArabic is what to do about a silent phone.
const openAppArabic = "افتح واتساب للأعمال على ذلك الهاتف وهو متصل بالإنترنت، واتركه مفتوحًا دقيقة. " +
	"واتساب ويب والحاسوب المرتبط لا يُحسبان. وإن كان التطبيق قد فُتح فعلًا فقل ذلك في صفحة الرقم."

var arabic = language{
	silent: func(s subject, level int) Words {
		w := Words{
			Title: "افتح واتساب للأعمال على هاتف " + s.number + " في موعد أقصاه " + s.by,
			Text: "لم يظهر منذ أيام ما يدل على أن التطبيق يُفتح على هذا الهاتف. إن لم يفتحه أحد حتى " + s.by +
				" فقد يقطع واتساب الاتصال، وعندها لا يُرسل شيء من هنا ولا يصل حتى يُربط الرقم من جديد.",
			Do: openAppArabic,
		}
		switch level {
		case 2:
			w.Title = "تذكير ثانٍ: افتح واتساب للأعمال على هاتف " + s.number + " في موعد أقصاه " + s.by
		case 3:
			w.Title = "عاجل: افتح واتساب للأعمال على هاتف " + s.number + " في موعد أقصاه " + s.by
		case 4:
			w.Title = "تذكير أخير: افتح واتساب للأعمال على هاتف " + s.number + " الآن"
			w.Text = "مضى وقت طويل دون ما يدل على أن التطبيق يُفتح على هذا الهاتف، حتى إن واتساب قد يقطع الاتصال في أي لحظة. " +
				"وعندها لا يُرسل شيء من هنا ولا يصل حتى يُربط الرقم من جديد."
		}
		return w
	},
	disconnected: func(s subject) Words {
		w := Words{
			Title: "لم يعد الرقم " + s.number + " متصلًا",
			Text:  "أنهى واتساب الاتصال. يعمل الهاتف كما كان، أما من هنا فلا يُرسل شيء ولا يصل. ولا يضيع شيء مما هو هنا.",
			Do:    "اربط الرقم من جديد: الأرقام، ثم ربط رقم.",
		}
		if why, ok := arabicReasons[s.code]; ok {
			w.Text = why + " " + w.Text
		}
		return w
	},
	suspended: func(s subject) Words {
		return Words{
			Title: "الرقم " + s.number + " متوقف مؤقتًا: يجري إعداد هاتفه من جديد",
			Text: "أوقف واتساب الاتصال مؤقتًا، كما يفعل حين يُثبَّت التطبيق من جديد أو ينتقل إلى هاتف آخر. " +
				"ما يُكتب هنا ينتظر، ورسائل هذه المدة قد لا تظهر إلا على الهاتف.",
			Do: "أبقِ علامة منصة الأعمال أثناء إعداد التطبيق، فيعود الاتصال وحده خلال دقائق.",
		}
	},
	reconnected: func(s subject) Words {
		return Words{
			Title: "عاد الرقم " + s.number + " متصلًا",
			Text:  "تُرسل الرسائل وتصل من جديد، وما كان ينتظر يخرج الآن.",
			Do:    "ابحث على الهاتف عن رسائل وصلت في أثناء ذلك، فقد لا تكون هنا.",
		}
	},
	declined: func(s subject) Words {
		if !s.history {
			return Words{
				Title: "لم تُشارَك جهات اتصال الرقم " + s.number,
				Text:  "تقول Meta إن الهاتف لا يشارك جهات اتصاله. ستظهر الأسماء كما اختارها العملاء لأنفسهم.",
			}
		}
		return Words{
			Title: "لم تُشارَك محادثات الرقم " + s.number + " السابقة",
			Text:  "اختير على الهاتف ألا تُشارَك المحادثات السابقة، وهذا نهائي لهذا الربط. أما الرسائل الجديدة فكلها هنا.",
			Do:    "يمكن تصدير محادثات بعينها من الهاتف وإدخالها هنا.",
		}
	},
	overdue: func(s subject) Words {
		return Words{
			Title: "لم تصل بعد " + arabicSync(s) + " الرقم " + s.number,
			Text:  "قبلت Meta الطلب لكنها لا ترسل شيئًا، ولا يمكن طلبه مرتين.",
			Do:    "افتح واتساب للأعمال على الهاتف واتركه مفتوحًا بعض الوقت، فمنه تأتي.",
		}
	},
	failed: func(s subject) Words {
		return Words{
			Title: "لن تصل " + arabicSync(s) + " الرقم " + s.number,
			Text:  "لم تعد Meta تقبل الطلب. ولا أثر لذلك في الرسائل الجديدة.",
			Do:    "ربط الرقم من جديد وحده يتيح طلبًا آخر. وفي صفحة الرقم تفصيل أكثر.",
		}
	},
	stopped: func(s subject) Words {
		w := Words{
			Title: "الرقم " + s.number + " لا يرسل شيئًا حتى يتدخّل أحد",
			Text:  "ترفض Meta ما يُرسل من هذا الرقم، وما يُكتب هنا ينتظر.",
			Do:    "في صفحة الرقم ما ينبغي فعله.",
		}
		if do, ok := arabicStops[s.code]; ok {
			w.Do = do
		}
		return w
	},
	test: func(s subject) Words {
		return Words{
			Title: "هذه تجربة لإشعارات " + s.business,
			Text:  "طلبها أحدهم من الإعدادات. إن كنت تقرأ هذا فالإشعارات تصلك هنا.",
		}
	},
}

func arabicSync(s subject) string {
	if s.history {
		return "المحادثات السابقة من"
	}
	return "جهات الاتصال من"
}

// arabicReasons are Meta's reasons for the end of a connection
// (coexistence-protocol §4.8, read 2026-11-22).
var arabicReasons = map[string]string{
	"PRIMARY_INACTIVITY":   "لم يُفتح التطبيق على الهاتف مدة طويلة.",
	"COMPANION_INACTIVITY": "لم يُستخدم الربط مدة طويلة.",
	"BUSINESS_DOWNGRADE":   "سُجّل الرقم في تطبيق واتساب العادي.",
	"CHANGE_NUMBER":        "غيّر المالك الرقم في التطبيق.",
	"USER_RE_REGISTERED":   "سُجّل الرقم من جديد على هاتف.",
	"ACCOUNT_DISCONNECTED": "حُذف حساب واتساب أو حُظر.",
}

// arabicStops say what to do about a Number that is stopped.
var arabicStops = map[string]string{
	"token_missing":      "إذن الوصول إلى Meta مفقود. اربط الرقم من جديد.",
	"token_refused":      "لم تعد Meta تقبل إذننا. اربط الرقم من جديد.",
	"permission_missing": "تقول Meta إن إذنًا ينقص. اربط الرقم من جديد واسمح بكل شيء.",
	"policy_blocked":     "حظرت Meta الرقم لمخالفة قواعدها. راجع مدير واتساب.",
	"account_locked":     "أقفلت Meta الحساب. راجع مدير واتساب.",
	"not_registered":     "لا تعرف Meta الرقم متصلًا. اربطه من جديد.",
	"payment_missing":    "لا تجد Meta وسيلة دفع. أضفها في مدير واتساب.",
}
