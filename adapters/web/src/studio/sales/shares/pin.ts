const DIGITS = 6;

/** What the API takes for a PIN. */
export function isPin(text: string): boolean {
  return /^[A-Za-z0-9]{4,12}$/.test(text.trim());
}

/** A PIN that nobody thinks up: random digits, easy to say on the phone. */
export function suggestPin(random: (values: Uint8Array) => Uint8Array = fill): string {
  let pin = '';
  while (pin.length < DIGITS) {
    for (const value of random(new Uint8Array(DIGITS * 2))) {
      // 250 is the largest multiple of 10 in a byte; taking the rest of all bytes would favour the low digits.
      if (value < 250 && pin.length < DIGITS) pin += String(value % 10);
    }
  }
  return pin;
}

function fill(values: Uint8Array): Uint8Array {
  return crypto.getRandomValues(values as Uint8Array<ArrayBuffer>);
}
