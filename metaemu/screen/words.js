// The words of the screen in its two languages. A missing word shows its key.
"use strict";

const words = {
  en: {
    a1h: "+1 h", a1d: "+1 d", a13d: "+13 d", a14d: "+14 d", days: "d",
    title: "Meta, emulated", clock: "Meta's clock", by: "by", advance: "Advance", number: "Number", phone: "The phone", customers: "Customers",
    places: "Phone or customers", chat: "Chat", send: "Send", kind: "Kind of message", asOwner: "Answer as the owner", asCustomer: "Write as the customer",
    find: "Find a customer", arrivals: "Arrivals", accepted: "accepted", breaches: "Breaches", deliveries: "Webhooks", pending: "waiting",
    open: "Open app", disconnect: "Disconnect", change: "Change device", reconnect: "Reconnect", link: "Connect again",
    live: "connected to the API", suspended: "suspended: the device was changed", disconnected: "not connected to the API",
    lastLife: "last used", noNumber: "There is no number yet. Create one with POST /_emulator/numbers.", noPhone: "This number has no phone: it lives on the API alone.",
    noChat: "Choose a chat on the left, or let a customer write first.", noCustomer: "Choose a customer. If there is none, create one with POST /_emulator/customers.",
    nothing: "Nothing has been said yet.", edit: "Edit", revoke: "Delete", react: "React", reply: "Reply", edited: "edited", revoked: "This message was deleted",
    newText: "The new text", emoji: "An emoji; empty takes it away", read: "Read", unsupported: "Send a poll", offline: "Go offline", online: "Go online", hide: "Hide phone", show: "Show phone",
    typing: "is typing…", via_api: "through the API", via_phone: "from the phone", via_customer: "customer", windowUntil: "window until", windowClosed: "window closed",
    s_accepted: "accepted", s_sent: "✓ sent", s_delivered: "✓✓ delivered", s_read: "✓✓ read", s_failed: "failed",
    t_text: "Text", t_image: "Picture", t_audio: "Voice note", t_video: "Video", t_document: "Document", t_sticker: "Sticker", t_location: "Place", t_contacts: "Contact", t_interactive: "Button",
    signup: "Embedded Signup, emulated", cancel: "Cancel", next: "Next", allow: "Allow", close: "Close", report: "Report this and leave",
    portfolio: "Business portfolio", chooseAccount: "Choose a business", chooseAccountWhy: "The portfolio that owns the WhatsApp account.",
    connectApp: "Connect your WhatsApp Business app", connectAppWhy: "Type the number that you use with the WhatsApp Business app. You keep using the app.",
    addNumber: "Add a phone number", addNumberWhy: "The page did not ask for the branch of the app (featureType). A number that is used with an app cannot be added here.",
    appNumber: "Phone number with country code", confirmOnPhone: "Confirm on your phone", copyIt: "Open WhatsApp Business on the phone, tap Connect, and enter this code:", scanIt: "Open WhatsApp Business on the phone, tap Connect, and scan this picture. Here its content stands for it:",
    waiting: "Waiting for the phone…", permissions: "Grant access", permissionsWhy: "This app may then:", mayManage: "manage your WhatsApp account", mayMessage: "read and send messages with this number",
    connected: "Connected", connectedWhy: "The number works in the app and on the platform. You may close this window.", noCode: "FB.login must ask for a code: response_type \"code\" and override_default_response_type true.",
    asks: "asks to connect this number to the Business Platform", theCode: "Code from its screen", shareHistory: "Share chat history", confirm: "Confirm", devices: "Linked devices", behind: "behind by",
    fixed: "This clock cannot be moved.", lost: "The emulator does not answer. Trying again.", replyTo: "Reply to",
  },
  ar: {
    a1h: "+ ساعة", a1d: "+ يوم", a13d: "+ 13 يوماً", a14d: "+ 14 يوماً", days: "يوم",
    title: "محاكي ميتا", clock: "ساعة ميتا", by: "بمقدار", advance: "تقديم", number: "الرقم", phone: "الهاتف", customers: "العملاء",
    places: "الهاتف أو العملاء", chat: "المحادثة", send: "إرسال", kind: "نوع الرسالة", asOwner: "أجب بصفتك صاحب العمل", asCustomer: "اكتب بصفتك العميل",
    find: "ابحث عن عميل", arrivals: "الطلبات الواردة", accepted: "مقبولة", breaches: "المخالفات", deliveries: "الإشعارات", pending: "في الانتظار",
    open: "فتح التطبيق", disconnect: "فصل", change: "تغيير الجهاز", reconnect: "إعادة الاتصال", link: "ربط من جديد",
    live: "متصل بالواجهة البرمجية", suspended: "معلّق: تم تغيير الجهاز", disconnected: "غير متصل بالواجهة البرمجية",
    lastLife: "آخر استخدام", noNumber: "لا يوجد رقم بعد. أنشئ رقماً عبر POST /_emulator/numbers.", noPhone: "هذا الرقم بلا هاتف: يعمل عبر الواجهة البرمجية فقط.",
    noChat: "اختر محادثة من القائمة، أو دع عميلاً يكتب أولاً.", noCustomer: "اختر عميلاً. إن لم يوجد أحد فأنشئه عبر POST /_emulator/customers.",
    nothing: "لم يُكتب شيء بعد.", edit: "تعديل", revoke: "حذف", react: "تفاعل", reply: "رد", edited: "معدّلة", revoked: "تم حذف هذه الرسالة",
    newText: "النص الجديد", emoji: "رمز تعبيري؛ الفراغ يزيله", read: "قراءة", unsupported: "إرسال استطلاع", offline: "قطع الاتصال", online: "العودة للاتصال", hide: "إخفاء الرقم", show: "إظهار الرقم",
    typing: "يكتب…", via_api: "عبر الواجهة البرمجية", via_phone: "من الهاتف", via_customer: "العميل", windowUntil: "النافذة حتى", windowClosed: "النافذة مغلقة",
    s_accepted: "مقبولة", s_sent: "✓ أُرسلت", s_delivered: "✓✓ وصلت", s_read: "✓✓ قُرئت", s_failed: "فشلت",
    t_text: "نص", t_image: "صورة", t_audio: "رسالة صوتية", t_video: "فيديو", t_document: "مستند", t_sticker: "ملصق", t_location: "موقع", t_contacts: "جهة اتصال", t_interactive: "زر",
    signup: "محاكي التسجيل المضمّن", cancel: "إلغاء", next: "التالي", allow: "سماح", close: "إغلاق", report: "الإبلاغ عن هذا والخروج",
    portfolio: "محفظة الأعمال", chooseAccount: "اختر نشاطاً تجارياً", chooseAccountWhy: "المحفظة التي تملك حساب واتساب.",
    connectApp: "اربط تطبيق واتساب للأعمال", connectAppWhy: "اكتب الرقم الذي تستخدمه مع تطبيق واتساب للأعمال. ستستمر في استخدام التطبيق.",
    addNumber: "أضف رقم هاتف", addNumberWhy: "لم تطلب الصفحة مسار التطبيق (featureType). لا يمكن هنا إضافة رقم مستخدم في تطبيق.",
    appNumber: "رقم الهاتف مع رمز الدولة", confirmOnPhone: "أكّد من هاتفك", copyIt: "افتح واتساب للأعمال على الهاتف، اضغط «ربط»، ثم أدخل هذا الرمز:", scanIt: "افتح واتساب للأعمال على الهاتف، اضغط «ربط»، ثم امسح هذه الصورة. هنا ينوب عنها محتواها:",
    waiting: "في انتظار الهاتف…", permissions: "منح الصلاحية", permissionsWhy: "يستطيع هذا التطبيق بعدها:", mayManage: "إدارة حساب واتساب الخاص بك", mayMessage: "قراءة الرسائل وإرسالها بهذا الرقم",
    connected: "تم الربط", connectedWhy: "يعمل الرقم في التطبيق وعلى المنصة. يمكنك إغلاق هذه النافذة.", noCode: "يجب أن تطلب FB.login رمزاً: response_type بقيمة \"code\" و override_default_response_type بقيمة true.",
    asks: "يطلب ربط هذا الرقم بمنصة الأعمال", theCode: "الرمز الظاهر على شاشته", shareHistory: "مشاركة سجل المحادثات", confirm: "تأكيد", devices: "الأجهزة المرتبطة", behind: "متأخر بمقدار",
    fixed: "لا يمكن تحريك هذه الساعة.", lost: "المحاكي لا يجيب. تجري المحاولة من جديد.", replyTo: "رد على",
  },
};

let language = localStorage.getItem("metaemu.language") === "ar" ? "ar" : "en";

const word = (key) => words[language][key] ?? key;

// applyWords writes the language into everything that names a word.
function applyWords() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.title = word("title");
  for (const el of document.querySelectorAll("[data-word]")) el.textContent = word(el.dataset.word);
  for (const el of document.querySelectorAll("[data-label]")) el.setAttribute("aria-label", word(el.dataset.label));
  for (const el of document.querySelectorAll("[data-hint]")) {
    el.placeholder = word(el.dataset.hint);
    el.setAttribute("aria-label", word(el.dataset.hint));
  }
  const other = document.getElementById("language");
  other.textContent = language === "ar" ? "English" : "العربية";
  other.lang = language === "ar" ? "en" : "ar";
}

function switchLanguage() {
  language = language === "ar" ? "en" : "ar";
  localStorage.setItem("metaemu.language", language);
  applyWords();
}
