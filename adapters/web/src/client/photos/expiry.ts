/** When a presigned URL ends, in milliseconds since 1970; null where the URL does not say. */
export function endOf(url: string): number | null {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const seconds = Number(query.get('X-Amz-Expires'));
  const start = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(query.get('X-Amz-Date') ?? '');
  if (start !== null && seconds > 0) {
    const [, year, month, day, hour, minute, second] = start.map(Number) as [number, ...number[]] & number[];
    const begins = Date.UTC(year as number, (month as number) - 1, day, hour, minute, second);
    return begins + seconds * 1000;
  }
  const end = Number(query.get('Expires'));
  return end > 0 ? end * 1000 : null;
}
