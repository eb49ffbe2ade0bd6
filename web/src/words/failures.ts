import type { Lang } from './plural'

type Said = { sentence: string; fix: string }

/** What Meta's error codes mean to the person who wrote the message (Cloud API error codes, read 2026-11). */
const failures: Record<number, Record<Lang, Said>> = {
  131047: {
    en: { sentence: 'More than 24 hours have passed since the customer last wrote.', fix: 'Answer from the phone, or wait until the customer writes.' },
    ar: { sentence: 'مضى أكثر من 24 ساعة على آخر رسالة من العميل.', fix: 'أجب من الهاتف، أو انتظر حتى يكتب العميل.' },
  },
  131026: {
    en: { sentence: 'WhatsApp could not deliver to this number.', fix: 'Check that the number uses WhatsApp and its app is up to date.' },
    ar: { sentence: 'تعذّر على واتساب التوصيل إلى هذا الرقم.', fix: 'تأكّد من أن الرقم يستخدم واتساب وأن تطبيقه محدّث.' },
  },
  131049: {
    en: { sentence: 'WhatsApp held this marketing message back: the customer has had many lately.', fix: 'Wait at least a day before the next one.' },
    ar: { sentence: 'أوقف واتساب هذه الرسالة التسويقية لأن العميل تلقّى الكثير مؤخرًا.', fix: 'انتظر يومًا على الأقل قبل الرسالة التالية.' },
  },
  131050: {
    en: { sentence: 'The customer has stopped marketing messages.', fix: 'Answer only when they write.' },
    ar: { sentence: 'أوقف العميل الرسائل التسويقية.', fix: 'أجب فقط عندما يكتب.' },
  },
  131056: {
    en: { sentence: 'Too many messages to this customer in a short time.', fix: 'Wait a little and send it again.' },
    ar: { sentence: 'رسائل كثيرة إلى هذا العميل في وقت قصير.', fix: 'انتظر قليلًا ثم أرسلها مجددًا.' },
  },
  130429: {
    en: { sentence: 'The number has sent too much at once.', fix: 'Wait a little and send it again.' },
    ar: { sentence: 'أرسل الرقم الكثير دفعة واحدة.', fix: 'انتظر قليلًا ثم أرسلها مجددًا.' },
  },
  130472: {
    en: { sentence: 'WhatsApp does not deliver marketing to this customer at the moment.', fix: 'Answer when they write.' },
    ar: { sentence: 'لا يوصل واتساب الرسائل التسويقية إلى هذا العميل حاليًا.', fix: 'أجب عندما يكتب.' },
  },
  131031: {
    en: { sentence: 'WhatsApp has locked the business account.', fix: 'Open Meta’s Business Manager to see why.' },
    ar: { sentence: 'أقفل واتساب حساب النشاط.', fix: 'افتح مدير أعمال Meta لمعرفة السبب.' },
  },
  131042: {
    en: { sentence: 'Meta has a problem with the account’s payment method.', fix: 'Check it in Meta’s Business Manager.' },
    ar: { sentence: 'لدى Meta مشكلة في وسيلة الدفع للحساب.', fix: 'تحقّق منها في مدير أعمال Meta.' },
  },
  131048: {
    en: { sentence: 'WhatsApp has slowed the number down: customers reported its messages.', fix: 'Send less for a while and look at the number’s quality.' },
    ar: { sentence: 'أبطأ واتساب الرقم لأن عملاء أبلغوا عن رسائله.', fix: 'أرسل أقل لفترة وراجع جودة الرقم.' },
  },
}

/** failureWords says a failure in the person's language; one we have no words for comes in the server's. */
export function failureWords(failure: { code: number; title: string; fix: string }, lang: Lang): Said {
  return failures[failure.code]?.[lang] ?? { sentence: failure.title, fix: failure.fix }
}
