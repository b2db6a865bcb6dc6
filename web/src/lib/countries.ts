// What a country is called; its two letters where nobody knows better.
const kNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

export function country_text(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (kNames.of(code) ?? code) : code;
}
