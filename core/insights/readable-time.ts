/** A moment in UTC as people write it: `2026-03-16`, with `05:30` after it where it is not midnight. */
export function readableTime(moment: Date | string): string {
  const [day = '', time = ''] = new Date(moment).toISOString().split('T');
  const clock = time.replace('.000Z', '').replace('Z', '').replace(/:00$/, '');
  return clock === '00:00' ? day : `${day} ${clock}`;
}
