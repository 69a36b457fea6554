/** Sample files of business systems, the same on every run. */

/** Pseudo-random numbers in [0, 1) of a linear congruential generator. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);

const lines = (rows: readonly (readonly (string | number)[])[], delimiter = ','): string =>
  rows.map(row => `${row.join(delimiter)}\n`).join('');

/** Two stations, six weeks of hours, every twentieth hour missing; the second one starts a week later. */
export function hourlyTemperatures(): string {
  const random = randomNumbers(1);
  const rows: (string | number)[][] = [['time', 'station', 'temperature']];
  for (let hour = 0; hour < 42 * 24; hour++) {
    for (const [i, station] of ['north', 'south'].entries()) {
      const noise = random();
      if ((hour + i) % 20 === 3 || (station === 'south' && hour < 168)) continue;
      const value = 12 + 5 * i + 6 * Math.sin((2 * Math.PI * hour) / 24) + noise;
      const time = new Date(START + hour * HOUR).toISOString().slice(0, 16).replace('T', ' ');
      rows.push([time, station, value.toFixed(2)]);
    }
  }
  return lines(rows);
}

/** Three branches, half a year of days but Sundays, as a German export writes them. */
export function germanSales(): string {
  const random = randomNumbers(2);
  const rows: (string | number)[][] = [['Datum', 'Filiale', 'Umsatz', 'Kunden']];
  for (let day = 0; day < 182; day++) {
    if (day % 7 === 6) continue;
    for (const [i, branch] of ['Nord', 'Süd', 'West'].entries()) {
      const amount = 900 + 400 * i + (day % 7 === 5 ? 700 : 0) + 200 * random();
      const [year, month, date] = new Date(START + day * DAY).toISOString().slice(0, 10).split('-');
      const written = amount.toLocaleString('de-DE', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
      rows.push([`${date}.${month}.${year}`, branch, written, Math.round(amount / 12)]);
    }
  }
  return lines(rows, ';');
}

/** Orders at any second of ten weeks, more of them on the first days of a week; one in 400 of an unknown shop. */
export function orders(): string {
  const random = randomNumbers(3);
  const rows: (string | number)[][] = [['order_id', 'ordered_at', 'shop', 'channel', 'quantity']];
  for (let day = 0; day < 70; day++) {
    const count = day % 7 < 5 ? 40 : 20;
    for (let n = 0; n < count; n++) {
      const at = START + day * DAY + Math.floor(((n + random()) / count) * DAY);
      const shop = rows.length % 400 === 0 ? 'S99' : `S0${1 + Math.floor(random() * 4)}`;
      rows.push([
        `A${100_000 + rows.length}`,
        new Date(at).toISOString().slice(0, 19),
        shop,
        random() < 0.3 ? 'web' : 'store',
        1 + Math.floor(random() * 9),
      ]);
    }
  }
  return lines(rows);
}

export const shops = (): string =>
  lines([
    ['shop', 'city', 'zip'],
    ['S01', 'Dresden', '01067'],
    ['S02', 'Leipzig', '04109'],
    ['S03', 'Berlin', '10115'],
    ['S04', 'Hamburg', '20095'],
    ['S05', 'Kiel', '24103'],
  ]);

/** Daily visitors of a museum; in Shift_JIS once encoded. */
export function japaneseVisitors(): string {
  const random = randomNumbers(4);
  const rows: (string | number)[][] = [['日付', '来館者数', '天気']];
  for (let day = 0; day < 120; day++) {
    const [year, month, date] = new Date(START + day * DAY).toISOString().slice(0, 10).split('-').map(Number);
    const count = Math.round((day % 7 > 4 ? 300 : 120) + 30 * random());
    rows.push([`${year}年${month}月${date}日`, count, random() < 0.5 ? '晴れ' : '雨']);
  }
  return lines(rows);
}

/** Two shops and five articles, numbered both, over twenty weeks. */
export function numberedSales(): string {
  const random = randomNumbers(5);
  const rows: (string | number)[][] = [['date', 'store', 'item', 'sales']];
  for (let store = 1; store <= 2; store++) {
    for (let item = 1; item <= 5; item++) {
      for (let day = 0; day < 140; day++) {
        const sales = 5 * item + (day % 7 > 4 ? 20 : 0) + Math.floor(10 * random());
        rows.push([new Date(START + day * DAY).toISOString().slice(0, 10), store, item, sales]);
      }
    }
  }
  return lines(rows);
}

/** Ten days of quarters of an hour of one meter. */
export function meterReadings(): string {
  const random = randomNumbers(6);
  return Array.from({ length: 10 * 96 }, (_, quarter) => {
    const kwh = 1 + Math.sin((2 * Math.PI * quarter) / 96) + 0.2 * random();
    return `${JSON.stringify({
      meter: '0042',
      ts: (START + (quarter * HOUR) / 4) / 1000,
      kwh: Number(kwh.toFixed(3)),
      tags: ['north'],
      ...(quarter % 50 === 0 && { note: quarter % 100 === 0 ? 1.5 : 'read by hand' }),
    })}\n`;
  }).join('');
}

/** Bytes of a text in Shift_JIS: the inverse of the platform's decoder, for the characters of JIS X 0208. */
export function shiftJis(text: string): Buffer {
  const decoder = new TextDecoder('shift_jis');
  const codes = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0x9f; lead++) {
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      codes.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
    }
  }
  return Buffer.from(
    [...text].flatMap(character => {
      const code = character.charCodeAt(0);
      return code < 0x80 ? [code] : (codes.get(character) ?? [0x3f]);
    }),
  );
}
