"""The visitors' rules to begin with: the policy's lines in English, and machine translations nobody has checked yet.

What visitors are asked stays a request (clause 22); own risk, the right to check a phone and to withdraw are said
(clauses 1, 2 and 4), images are the headteacher's to agree to (clause 3), places without phones are named (clause 5).
"""

from collections.abc import Iterable, Mapping

LINES: Mapping[str, str] = {
    "silent": "The phone is silent",
    "hidden": "The phone is out of sight",
    "children": "Not where there are children",
    "images": "No images or sound",
    "places": "Places without phones",
    "own_risk": "At own risk",
    "search": "The note under the lines",
}
"""The lines by id, in the screen's order, with what each is about; a drawing belongs to each but the note."""
TICKED = frozenset({"images"})
"""Lines with a box of their own (clause 3)."""

SUGGESTED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "silent": "Keep it silent.",
        "hidden": "Keep it out of sight.",
        "children": "Do not use it where there are children.",
        "images": "No photos, video or sound, unless the headteacher has agreed.",
        "places": "Some places have no phones at all. We will tell you.",
        "own_risk": "It is at your own risk if it is lost, stolen or broken.",
        "search": "If there is good reason to worry, the school may check a phone. "
        "The headteacher may ask you to stop using it at any time.",
    },
    "pl": {
        "silent": "Proszę wyciszyć telefon.",
        "hidden": "Proszę schować telefon.",
        "children": "Proszę nie używać telefonu tam, gdzie są dzieci.",
        "images": "Bez zdjęć, filmów i nagrań, chyba że dyrekcja się zgodziła.",
        "places": "W niektórych miejscach telefonów nie ma wcale. Powiemy Państwu gdzie.",
        "own_risk": "Za zgubienie, kradzież lub uszkodzenie telefonu odpowiada właściciel.",
        "search": "Jeśli jest poważny powód do obaw, szkoła może sprawdzić telefon. "
        "Dyrekcja może w każdej chwili poprosić, by go nie używać.",
    },
    "ur": {
        "silent": "فون کو خاموش رکھیں۔",
        "hidden": "فون کو نظروں سے دور رکھیں۔",
        "children": "جہاں بچے ہوں وہاں فون استعمال نہ کریں۔",
        "images": "ہیڈ ٹیچر کی اجازت کے بغیر تصویر، ویڈیو یا آواز ریکارڈ نہ کریں۔",
        "places": "کچھ جگہوں پر فون بالکل نہیں لے جا سکتے۔ ہم آپ کو بتا دیں گے۔",
        "own_risk": "فون گم، چوری یا خراب ہو جائے تو ذمہ داری آپ کی اپنی ہے۔",
        "search": "اگر تشویش کی کوئی معقول وجہ ہو تو اسکول فون دیکھ سکتا ہے۔ "
        "ہیڈ ٹیچر کسی بھی وقت فون کا استعمال روکنے کو کہہ سکتے ہیں۔",
    },
    "pa": {
        "silent": "ਫ਼ੋਨ ਨੂੰ ਚੁੱਪ ਰੱਖੋ ਜੀ।",
        "hidden": "ਫ਼ੋਨ ਨੂੰ ਨਜ਼ਰਾਂ ਤੋਂ ਦੂਰ ਰੱਖੋ।",
        "children": "ਜਿੱਥੇ ਬੱਚੇ ਹੋਣ, ਉੱਥੇ ਫ਼ੋਨ ਨਾ ਵਰਤੋ।",
        "images": "ਹੈੱਡਟੀਚਰ ਦੀ ਸਹਿਮਤੀ ਤੋਂ ਬਿਨਾਂ ਫ਼ੋਟੋ, ਵੀਡੀਓ ਜਾਂ ਆਵਾਜ਼ ਨਹੀਂ।",
        "places": "ਕੁਝ ਥਾਵਾਂ ’ਤੇ ਫ਼ੋਨ ਬਿਲਕੁਲ ਨਹੀਂ ਹੁੰਦੇ। ਅਸੀਂ ਤੁਹਾਨੂੰ ਦੱਸਾਂਗੇ।",
        "own_risk": "ਫ਼ੋਨ ਗੁਆਚਣ, ਚੋਰੀ ਹੋਣ ਜਾਂ ਟੁੱਟਣ ਦੀ ਜ਼ਿੰਮੇਵਾਰੀ ਤੁਹਾਡੀ ਆਪਣੀ ਹੈ।",
        "search": "ਜੇ ਚਿੰਤਾ ਦਾ ਕੋਈ ਠੋਸ ਕਾਰਨ ਹੋਵੇ ਤਾਂ ਸਕੂਲ ਫ਼ੋਨ ਦੇਖ ਸਕਦਾ ਹੈ। ਹੈੱਡਟੀਚਰ ਕਿਸੇ ਵੀ ਵੇਲੇ ਫ਼ੋਨ ਨਾ ਵਰਤਣ ਲਈ ਕਹਿ ਸਕਦੇ ਹਨ।",
    },
    "ar": {
        "silent": "يُرجى إبقاء الهاتف صامتًا.",
        "hidden": "يُرجى إبقاء الهاتف بعيدًا عن الأنظار.",
        "children": "يُرجى عدم استخدام الهاتف حيث يوجد أطفال.",
        "images": "لا صور ولا فيديو ولا تسجيل صوت إلا إذا وافق مدير المدرسة.",
        "places": "بعض الأماكن لا هواتف فيها إطلاقًا. سنخبركم بها.",
        "own_risk": "الهاتف على مسؤوليتكم إذا ضاع أو سُرق أو كُسر.",
        "search": "إذا كان هناك سبب وجيه للقلق، فقد تفحص المدرسة الهاتف. "
        "وقد يطلب مدير المدرسة منكم التوقف عن استخدامه في أي وقت.",
    },
    "ro": {
        "silent": "Vă rugăm să țineți telefonul pe silențios.",
        "hidden": "Vă rugăm să nu țineți telefonul la vedere.",
        "children": "Vă rugăm să nu folosiți telefonul unde sunt copii.",
        "images": "Fără fotografii, filmări sau înregistrări, dacă directorul nu este de acord.",
        "places": "În unele locuri nu sunt permise telefoane deloc. Vă vom spune unde.",
        "own_risk": "Dacă telefonul este pierdut, furat sau stricat, riscul este al dumneavoastră.",
        "search": "Dacă există un motiv serios de îngrijorare, școala poate verifica un telefon. "
        "Directorul vă poate cere oricând să nu îl mai folosiți.",
    },
    "uk": {
        "silent": "Будь ласка, вимкніть звук телефону.",
        "hidden": "Будь ласка, сховайте телефон.",
        "children": "Будь ласка, не користуйтеся телефоном там, де є діти.",
        "images": "Без фото, відео та запису звуку, якщо директор не дав згоди.",
        "places": "У деяких місцях телефонів немає зовсім. Ми вам скажемо.",
        "own_risk": "За втрату, крадіжку чи пошкодження телефону відповідаєте ви.",
        "search": "Якщо є вагома причина для занепокоєння, школа може перевірити телефон. "
        "Директор може будь-коли попросити вас не користуватися ним.",
    },
    "hi": {
        "silent": "कृपया फ़ोन को साइलेंट रखें।",
        "hidden": "कृपया फ़ोन को नज़रों से दूर रखें।",
        "children": "जहाँ बच्चे हों, वहाँ फ़ोन का उपयोग न करें।",
        "images": "हेडटीचर की सहमति के बिना फ़ोटो, वीडियो या आवाज़ की रिकॉर्डिंग नहीं।",
        "places": "कुछ जगहों पर फ़ोन बिल्कुल नहीं होते। हम आपको बताएँगे।",
        "own_risk": "फ़ोन खो जाए, चोरी हो या टूट जाए, तो ज़िम्मेदारी आपकी है।",
        "search": "चिंता का ठोस कारण हो तो स्कूल फ़ोन की जाँच कर सकता है। हेडटीचर कभी भी आपसे फ़ोन का उपयोग रोकने को कह सकते हैं।",
    },
}
"""The words by language and line."""


def suggested_lines(language: str, phone_free: Iterable[str] = ()) -> dict[str, str]:
    """Give the suggested words of a language, with the places that have no phones by name."""
    lines = dict(SUGGESTED[language])
    places = ", ".join(phone_free)
    if places and len(lines["places"]) + len(places) < 200:
        lines["places"] = f"{lines['places']} ({places})"
    return lines
