import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import phones from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };

/** IBANs of the registry of ISO 13616, which SWIFT publishes with an example for each country. */
const ibans = (
  'AD1200012030200359100100 AE070331234567890123456 AL47212110090000000235698741 AT611904300234573201 ' +
  'AZ21NABZ00000000137010001944 BA391290079401028494 BE68539007547034 BG80BNBG96611020345678 BH67BMAG00001299123456 ' +
  'BR1800360305000010009795493C1 CH9300762011623852957 CR05015202001026284066 CY17002001280000001200527600 ' +
  'CZ6508000000192000145399 DE89370400440532013000 DK5000400440116243 DO28BAGR00000001212453611324 ' +
  'EE382200221020145685 ES9121000418450200051332 FI2112345600000785 FO6264600001631634 FR1420041010050500013M02606 ' +
  'GB29NWBK60161331926819 GE29NB0000000101904917 GI75NWBK000000007099453 GL8964710001000206 GR1601101250000000012300695 ' +
  'GT82TRAJ01020000001210029690 HR1210010051863000160 HU42117730161111101800000000 IE29AIBK93115212345678 ' +
  'IL620108000000099999999 IS140159260076545510730339 IT60X0542811101000000123456 JO94CBJO0010000000000131000302 ' +
  'KW81CBKU0000000000001234560101 KZ86125KZT5004100100 LB62099900000001001901229114 LI21088100002324013AA ' +
  'LT121000011101001000 LU280019400644750000 LV80BANK0000435195001 MC5811222000010123456789030 MD24AG000225100013104168 ' +
  'ME25505000012345678951 MK07250120000058984 MR1300020001010000123456753 MT84MALT011000012345MTLCAST001S ' +
  'MU17BOMM0101101030300200000MUR NL91ABNA0417164300 NO9386011117947 PK36SCBL0000001123456702 PL61109010140000071219812874 ' +
  'PS92PALS000000000400123456702 PT50000201231234567890154 QA58DOHB00001234567890ABCDEFG RO49AAAA1B31007593840000 ' +
  'RS35260005601001611379 SA0380000000608010167519 SE4550000000058398257466 SI56263300012039086 SK3112000000198742637541 ' +
  'SM86U0322509800000000270100 TN5910006035183598478831 TR330006100519786457841326 UA213223130000026007233566001 ' +
  'VG96VPVG0000012345678901 XK051212012345678906'
).split(' ');

/** Numbers that payment processors (Stripe, Adyen, PayPal) publish for tests, of eight issuers. */
const cards = (
  '4242424242424242 4000056655665556 5555555555554444 2223003122003222 5200828282828210 5105105105105100 378282246310005 ' +
  '371449635398431 6011111111111117 6011000990139424 3056930009020004 36227206271667 6555900000604105 3566002020360505 ' +
  '6200000000000005 4111111111111111 4988438843884305 4166676667666746 4646464646464644 5136333333333335 5585558555855583 ' +
  '5555444433331111 3569990010095841 6243030000000001 4012888888881881 4222222222222'
).split(' ');

/** Forms that RFC 5322, RFC 6531 and the article on e-mail addresses of Wikipedia give as valid, without quotes and comments. */
const emails = (
  'simple@example.com very.common@example.com FirstName.LastName@EasierReading.org x@example.com ' +
  'long.email-address-with-hyphens@and.subdomains.example.com user.name+tag+sorting@example.com ' +
  'name/surname@example.com example@s.example user%example.com@example.org user-@example.org I❤️CHOCOLATE@example.com ' +
  'Pelé@example.com δοκιμή@παράδειγμα.δοκιμή 我買@屋企.香港 二ノ宮@黒川.日本 медведь@с-балалайкой.рф संपर्क@डाटामेल.भारत ' +
  'john.q.public@example.com mary@x.test jdoe@example.org one@y.test boss@nil.test mary@example.net smith@home.example'
).split(' ');

/** Of the ranges for documentation: RFC 5737, RFC 3849; and of RFC 5952 the forms of one address. */
const addresses = (
  '192.0.2.1 192.0.2.255 198.51.100.1 198.51.100.99 203.0.113.1 203.0.113.254 2001:db8::1 2001:db8:0:0:1:0:0:1 ' +
  '2001:db8::aaaa:0:0:1 2001:db8:aaaa:bbbb:cccc:dddd:eeee:1 2001:DB8::AAAA:0:0:1 ::ffff:192.0.2.1 64:ff9b::192.0.2.33'
).split(' ');

/** The specimens that the Social Security Administration tells of. */
const numbers = ['078-05-1120', '219-09-9999'];

/** In parts: a scanner of repositories would take them for somebody's. */
const secrets: readonly (readonly string[])[] = [
  // Documentation of AWS, Slack, GitHub, Stripe, SendGrid, and the example of RFC 7519.
  ['AK', 'IAIOSFODNN7EXAMPLE'],
  ['xox', 'b-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy'],
  ['gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['sk_', 'test_4eC39HqLyjWDarjtT1zdp7dc'],
  ['SG.', 'ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr'],
  [
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.',
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt' + 'cGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
    '.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  ],
];

const inFours = (value: string): string => value.replace(/(.{4})(?=.)/gu, '$1 ');

const carriers: Readonly<Record<string, readonly string[]>> = {
  phone: ['You reach me under %, any time.', 'Téléphone : %', 'Meine Nummer ist %, bis morgen!'],
  iban: ['Transfer it to %, please.', 'IBAN: %'],
  card: ['It was paid with % yesterday.', 'Karte %, gültig bis 12/28'],
  email: ['Write to %, please.', 'Schreib an % bis morgen.'],
  ip: ['The request came from % at 10:15.', 'host %'],
  ssn: ['The number % is mine.'],
  secret: ['The key is % and works.', '{"value":"%"}'],
};

function* placed(kind: string, values: readonly string[], carried = kind): Iterable<string> {
  for (const [at, value] of values.entries()) {
    const among = carriers[carried] ?? [];
    yield (among[at % among.length] ?? '%').replace('%', () => `{${kind}|${value}}`);
  }
}

/** A mobile number of each country, from the examples of libphonenumber: abroad, and at home where the language is one of ten. */
function* phoneNumbers(): Iterable<string> {
  const atHome = new Set<string>([
    'US',
    'DE',
    'GB',
    'FR',
    'IT',
    'ES',
    'BR',
    'RU',
    'JP',
    'IN',
    'TR',
    'PL',
    'NL',
    'CN',
    'KR',
    'CZ',
  ]);
  for (const [country, national] of Object.entries(phones)) {
    const number = parsePhoneNumberFromString(national, country as CountryCode, metadata);
    if (number === undefined) continue;
    yield number.formatInternational();
    yield number.number;
    if (atHome.has(country)) yield number.formatNational();
  }
}

/** Sentences around values that registries, standards and processors publish as examples. They were not looked at while the rules were written. */
export const publicExamples = (): readonly string[] => [
  ...placed('phone', [...phoneNumbers()]),
  ...placed('iban', ibans),
  ...placed('iban', ibans.map(inFours)),
  ...placed('card', cards),
  ...placed('card', cards.filter(({ length }) => length === 16).map(inFours)),
  ...placed('email', emails),
  ...placed('ip', addresses),
  ...placed('ssn', numbers),
  ...placed(
    'key',
    secrets.slice(0, -1).map((parts) => parts.join('')),
    'secret',
  ),
  ...placed(
    'token',
    secrets.slice(-1).map((parts) => parts.join('')),
    'secret',
  ),
];
