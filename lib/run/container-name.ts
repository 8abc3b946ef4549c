/** `me_dev_26-11-22_16.05.09`: who runs which image, and since when (local time). */
export function containerName(user: string, image: string, now: Date): string {
  const date = [now.getFullYear() % 100, now.getMonth() + 1, now.getDate()].map(twoDigits).join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join('.');
  return `${nameable(user)}_${nameable(image)}_${date}_${time}`;
}

/** A container's name is `[a-zA-Z0-9][a-zA-Z0-9_.-]+`; a user of a domain (`SALES\\me`) has more than that. */
function nameable(text: string): string {
  return text.replace(/[^\w.-]+/g, '-').replace(/^[^a-zA-Z0-9]+/, '') || 'x';
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
