package metaemu

import "strings"

// wordsOf is what a knob does, in two languages, and where it is described.
type wordsOf struct{ en, ar, source string }

// knobWords reads the table below: name | English | Arabic | source.
func knobWords() map[string]wordsOf {
	m := map[string]wordsOf{}
	for line := range strings.Lines(knobTable) {
		if c := strings.Split(strings.TrimSpace(line), " | "); len(c) == 4 {
			m[c[0]] = wordsOf{c[1], c[2], c[3]}
		}
	}
	return m
}

const knobTable = `
duplicates | Share of webhooks that come again. | نسبة الإشعارات التي تصل مرة أخرى. | cloud-api-protocol §5.2; coexistence-protocol §8.5 dup_rate
copies | How often a duplicated webhook comes again; 0 means once. | كم مرة يتكرر الإشعار المكرر؛ 0 تعني مرة واحدة. | reliability §5.2 F11
copies_within | How much later the copies come at most; 0 means 3 s. | أقصى تأخر للنسخ المكررة؛ 0 تعني 3 ثوان. | reliability §5.2 F11
reorder | Share of webhooks held back so that later ones overtake them. | نسبة الإشعارات التي تُؤخَّر فتسبقها إشعارات بعدها. | coexistence-protocol §4.1, §8.5 reorder_window
reorder_within | How long such a webhook is held back at most; 0 means 5 s. | أقصى مدة لتأخير هذا الإشعار؛ 0 تعني 5 ثوان. | coexistence-protocol §8.5 reorder_window
delay | Holds back every webhook for so long. | يؤخر كل إشعار هذه المدة. | reliability §5.2 F11
batch_size | Joins up to so many updates in one webhook; 0 and 1 mean no joining. | يجمع هذا العدد من التحديثات في إشعار واحد؛ 0 و1 تعنيان بلا جمع. | cloud-api-protocol §5.2
batch_wait | How long a batch waits for more updates; 0 means 250 ms. | كم تنتظر الدفعة مزيدًا من التحديثات؛ 0 تعني 250 مللي ثانية. | cloud-api-protocol §5.2
drop_statuses | Share of statuses that are never told. | نسبة الحالات التي لا تُبلَّغ أبدًا. | reliability §5.2 F11
late_statuses | Share of statuses that are told later. | نسبة الحالات التي تُبلَّغ متأخرة. | reliability §5.2 F11
late_by | How much later a late status is told; 0 means 1 min. | مقدار تأخر الحالة المتأخرة؛ 0 تعني دقيقة. | reliability §5.2 F11
early_statuses | Share of sends whose statuses come before the answer. | نسبة الرسائل التي تصل حالاتها قبل جواب الإرسال. | cloud-api-protocol §5.2; reliability §5.2 F12
skip_delivered | Share of messages read so soon that "delivered" is left out, with customers who read at once. | نسبة الرسائل التي تُقرأ فورًا فلا تُبلَّغ حالة التسليم. | cloud-api-protocol §5.6, §10
error_before | Share of calls answered with 500 (131016) and not carried out. | نسبة الطلبات التي تُجاب بخطأ 500 ولا تُنفَّذ. | cloud-api-protocol §6.3
error_after | Share of calls carried out and answered with 500 (131000). | نسبة الطلبات التي تُنفَّذ ثم تُجاب بخطأ 500. | reliability §5.2 F9
lost_answers | Share of calls carried out whose connection closes without an answer. | نسبة الطلبات التي تُنفَّذ وينقطع الاتصال بلا جواب. | reliability §5.2 F9
throttled | Share of calls refused as too many. | نسبة الطلبات المرفوضة بحجة كثرتها. | cloud-api-protocol §6.1; reliability §5.2 F10
slow_answers | Share of calls answered late. | نسبة الطلبات التي تُجاب ببطء. | reliability §5.2 F8
slow_by | How late a slow answer comes; 0 means 10 s. | مقدار بطء الجواب؛ 0 تعني 10 ثوان. | reliability §5.2 F8
hung_answers | Share of calls carried out and never answered, until the connection closes. | نسبة الطلبات التي تُنفَّذ ولا تُجاب حتى ينغلق الاتصال. | reliability §5.2 F8
hung_for | How long a call hangs; 0 means 2 min. | مدة تعليق الطلب؛ 0 تعني دقيقتين. | reliability §5.2 F8
throttle_code | Error code of a storm, such as 130429, 131056 or 80007; 0 means 130429. | رمز خطأ العاصفة مثل 130429 أو 131056 أو 80007؛ 0 تعني 130429. | cloud-api-protocol §6.1, §6.3
throttle_http | HTTP status of a storm; 0 means 429. | حالة HTTP للعاصفة؛ 0 تعني 429. | cloud-api-protocol §6.2
throttle_next | Refuses the next so many calls, counting down. | يرفض هذا العدد من الطلبات القادمة ثم يتوقف. | reliability §5.2 F10
throttle_until | Refuses all calls until this time. | يرفض كل الطلبات حتى هذا الوقت. | reliability §5.2 F10
calls | Which calls have trouble with answers: words such as messages, GET, number or *; empty means sends. | أي الطلبات تتعطل أجوبتها: كلمات مثل messages أو GET أو *؛ الفراغ يعني الإرسال. | reliability §5.2 F8
giant | Share of webhooks blown up to the size of giant_bytes. | نسبة الإشعارات التي تُضخَّم إلى حجم giant_bytes. | cloud-api-protocol §5.2; reliability T20
giant_bytes | Size of a giant in bytes; 0 means Meta's limit of 3 MB, more is what Meta never sends. | حجم الإشعار الضخم بالبايت؛ 0 تعني حد ميتا 3 ميغابايت. | cloud-api-protocol §5.2; reliability T20
malformed | Share of webhooks before which a copy comes that breaks off in the middle. | نسبة الإشعارات التي تسبقها نسخة مبتورة. | reliability T20, T21
wrong_signature | Share of webhooks before which a copy with a wrong signature comes. | نسبة الإشعارات التي تسبقها نسخة بتوقيع خاطئ. | cloud-api-protocol §5.2; reliability T1
empty_entries | Share of webhooks before which one without entries comes. | نسبة الإشعارات التي يسبقها إشعار بلا مدخلات. | cloud-api-protocol §5.2
unknown_field | Share of webhooks that also tell a change of an unknown field. | نسبة الإشعارات التي تحمل تغييرًا في حقل مجهول. | coexistence-protocol §4.1; lessons L8
extra_fields | Share of updates with members that no page describes. | نسبة التحديثات التي تحمل عناصر غير موثقة. | lessons L8
unknown_types | Share of customers' messages told with an unknown type. | نسبة رسائل العملاء التي تصل بنوع مجهول. | lessons L20
clock_skew | Moves timestamps in webhooks into the future, or the past if negative. | يزيح أوقات الإشعارات إلى المستقبل، أو إلى الماضي إن كان سالبًا. | reliability §5.2 F7
milli_times | Tells timestamps in milliseconds. | يكتب الأوقات بالمللي ثانية. | coexistence-protocol §9
number_times | Tells timestamps as numbers, without quotes. | يكتب الأوقات أرقامًا بلا علامات اقتباس. | coexistence-protocol App. A
reset_webhooks | Share of tries whose connection is reset in the middle of the body. | نسبة المحاولات التي ينقطع اتصالها وسط الإشعار. | cloud-api-protocol §5.2
deaf_webhooks | Share of tries whose answer Meta does not hear, so that they come again. | نسبة المحاولات التي لا تسمع ميتا جوابها فتعيدها. | cloud-api-protocol §5.2
sync_window_error | Refuses smb_app_data with this code whatever the time: 2593108 or 135000; 0 goes by the clock. | يرفض طلب المزامنة بهذا الرمز أيًا كان الوقت؛ 0 تتبع الساعة. | coexistence-protocol §8.5 sync_out_of_window_code
upper_status | Writes the status of imported messages in capitals. | يكتب حالة الرسائل المستوردة بأحرف كبيرة. | coexistence-protocol §8.5 status_case
no_from_me | Leaves from_me away in the history. | يحذف from_me من السجل. | coexistence-protocol §8.5 from_me
overall_progress | Counts the progress of the history over all phases. | يحسب تقدم السجل على كل المراحل معًا. | coexistence-protocol §8.5 progress_mode
oldest_first | Lists the messages of an imported thread oldest first. | يسرد رسائل المحادثة المستوردة من الأقدم. | coexistence-protocol §8.5 thread_order
overlap | Share of imported messages that come again in the next chunk. | نسبة الرسائل المستوردة التي تتكرر في الجزء التالي. | coexistence-protocol §8.5 cross_phase_overlap
empty_threads | Share of history chunks with a thread without messages. | نسبة أجزاء السجل التي فيها محادثة بلا رسائل. | coexistence-protocol §8.5 empty_threads_rate
history_errors | Share of imported customers' messages that come as type errors. | نسبة رسائل العملاء المستوردة التي تأتي من نوع errors. | coexistence-protocol §8.5 errors_in_history_rate
misfiled_media | Share of the business's imported media that comes as echoes. | نسبة وسائط النشاط المستوردة التي تأتي كأصداء. | coexistence-protocol §8.4
history_delay | How long after the request the history begins. | كم يتأخر بدء السجل بعد طلبه. | coexistence-protocol §8.5 history_start_delay
silent_sync | Accepts a synchronisation and then sends nothing. | يقبل المزامنة ثم لا يرسل شيئًا. | coexistence-protocol §8.5 accept_but_silent
contact_millis | Gives the times of address book changes in milliseconds. | يكتب أوقات تغييرات جهات الاتصال بالمللي ثانية. | coexistence-protocol §8.5 contacts_ts
no_phone | Share of customers' messages told without a phone number. | نسبة رسائل العملاء التي تصل بلا رقم هاتف. | coexistence-protocol §8.5 bsuid_only_rate
other_ninth_digit | Tells Brazilian mobile numbers in the other spelling of the ninth digit. | يكتب أرقام البرازيل بالصيغة الأخرى للرقم التاسع. | coexistence-protocol §8.5 br_ninth_digit_mismatch
named_echoes | Puts the customer's name into echoes. | يضع اسم العميل في الأصداء. | coexistence-protocol §8.5 echo_contacts_name
phone_statuses | Tells the statuses of what the phone sent. | يبلغ حالات ما أرسله الهاتف. | coexistence-protocol §8.5 statuses_for_app_messages
api_echoes | Echoes what the API sent. | يعيد صدى ما أُرسل عبر الواجهة. | coexistence-protocol §8.5 echo_for_api_messages
wide_override | Lets history and echoes follow the override of messages. | يجعل السجل والأصداء يتبعان العنوان البديل للرسائل. | coexistence-protocol §8.5 override_scope
late_offboarded | Tells ACCOUNT_OFFBOARDED after ACCOUNT_RECONNECTED. | يبلغ ACCOUNT_OFFBOARDED بعد ACCOUNT_RECONNECTED. | coexistence-protocol §8.5 lifecycle_reorder
removed_too | Tells PARTNER_REMOVED beside ACCOUNT_OFFBOARDED. | يبلغ PARTNER_REMOVED مع ACCOUNT_OFFBOARDED. | coexistence-protocol §9
no_disconnection_info | Leaves the reason of a disconnection away. | يحذف سبب الانفصال. | coexistence-protocol §8.5 disconnection_info
user_id_field | Tells a customer's new identity by the field user_id_update too. | يبلغ هوية العميل الجديدة بحقل user_id_update أيضًا. | coexistence-protocol §8.5 user_id_update_field
base64_sha | Writes the hash of media in webhooks in base64. | يكتب بصمة الوسائط في الإشعارات بصيغة base64. | coexistence-protocol §8.5 sha256
media_url | Adds an address to media in webhooks. | يضيف عنوان تنزيل إلى الوسائط في الإشعارات. | coexistence-protocol §8.5 media_url_in_webhook
numeric_size | Gives the size of media as a number and not in quotes. | يكتب حجم الوسائط رقمًا لا نصًا. | cloud-api-protocol §3
any_handle | Takes sample files of templates that nobody has uploaded. | يقبل ملفات نماذج القوالب التي لم يرفعها أحد. | cloud-api-protocol §3.1
retry_same_app | Repeats a failed webhook to the app that failed only, not to all. | يعيد الإشعار الفاشل إلى التطبيق الذي فشل وحده. | cloud-api-protocol §5.2
signup_qr | Embedded Signup asks for a picture to be scanned instead of a code. | يطلب التسجيل مسح صورة بدل رمز. | coexistence-protocol §2.3
signup_event_lost | Embedded Signup tells the opener nothing. | لا يخبر التسجيل الصفحة التي فتحته بشيء. | coexistence-protocol §2.4
signup_extra_keys | The event of success also holds the phone and business ids. | يحمل حدث النجاح معرفي الهاتف والنشاط أيضًا. | coexistence-protocol §8.5 es_event_has_phone_id
signup_plain_finish | The event of success is called FINISH. | يسمى حدث النجاح FINISH. | coexistence-protocol §2.4
signup_code_first | The code comes before the event of success. | يصل الرمز قبل حدث النجاح. | coexistence-protocol §2.4
max_body | Splits history and address books so that no webhook is larger, in bytes; 0 means 3 MB. | يقسم السجل وجهات الاتصال كي لا يزيد الإشعار على هذا الحجم؛ 0 تعني 3 ميغابايت. | coexistence-protocol §8.5 max_body
`
