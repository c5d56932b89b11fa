/** How far the aspect ratios of two pictures of the same shape may lie apart: as far as the server lets them. */
const TOLERANCE = 0.01;

export interface Size {
  width: number;
  height: number;
}

/** Whether two upright pictures have the same shape, so that crops of the one are right for the other. */
export function isSameShape(before: Size, after: Size): boolean {
  return Math.abs(after.width / after.height / (before.width / before.height) - 1) <= TOLERANCE;
}

/** The size of a file's picture, turned upright; null if the browser cannot read such files. */
export async function sizeOf(file: Blob): Promise<Size | null> {
  const url = URL.createObjectURL(file);
  try {
    return await new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight });
      image.onerror = () => resolve(null);
      image.src = url;
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The size of a file's picture if it has another shape than a photo; null if it has not, or nobody can tell. */
export async function otherShape(
  file: Blob,
  { width, height }: { width?: number | null; height?: number | null },
): Promise<Size | null> {
  const after = await sizeOf(file);
  if (!after || !width || !height) return null;
  return isSameShape({ width, height }, after) ? null : after;
}
