interface Crop {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Less than this is rounding, not a crop. */
const SLACK = 0.002;

/** Whether a line prints the whole photo. */
export function isWhole(crop: Crop): boolean {
  return crop.width >= 1 - SLACK && crop.height >= 1 - SLACK;
}

/** What is cut off, as an SVG path in a square of 1: the whole picture with the crop punched out (even-odd). */
export function cutOff({ x, y, width, height }: Crop): string {
  return `M0 0H1V1H0Z M${x} ${y}H${x + width}V${y + height}H${x}Z`;
}
