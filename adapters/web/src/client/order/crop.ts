import type { Schema } from '../../api/http';

/** A part of the upright photo, in fractions of its sides. */
export type Area = Schema['Crop'];

export interface Size {
  width: number;
  height: number;
}

/** How the crop tool sees it: the photo is moved and enlarged behind a window that stays. */
export interface Placement {
  crop: { x: number; y: number };
  zoom: number;
}

/** The ratio of paper to the crop of a photo: the paper is turned as the photo is, unless the client turns it. */
export function aspectFor(photo: Size, paper: Size, isTurned = false): number {
  const long = Math.max(paper.width, paper.height);
  const short = Math.min(paper.width, paper.height);
  const isWide = photo.width >= photo.height;
  return isWide === !isTurned ? long / short : short / long;
}

/** The largest window of this ratio on a picture. */
export function windowOn(picture: Size, aspect: number): Size {
  return picture.width >= picture.height * aspect
    ? { width: picture.height * aspect, height: picture.height }
    : { width: picture.width, height: picture.width / aspect };
}

/** The largest centred part of a photo that fits the paper. */
export function centred(photo: Size, aspect: number): Area {
  const { width, height } = windowOn(photo, aspect);
  return centredOf(width / photo.width, height / photo.height);
}

function centredOf(width: number, height: number): Area {
  return { x: (1 - width) / 2, y: (1 - height) / 2, width, height };
}

export function placementOf(area: Area, picture: Size, aspect: number): Placement {
  const frame = windowOn(picture, aspect);
  const zoom = frame.width / picture.width / area.width;
  const offset = (side: number, window: number, start: number): number =>
    zoom * ((side - window / zoom) / 2 - start * side);
  return {
    zoom,
    crop: { x: offset(picture.width, frame.width, area.x), y: offset(picture.height, frame.height, area.y) },
  };
}

export function areaOf({ crop, zoom }: Placement, picture: Size, aspect: number): Area {
  const frame = windowOn(picture, aspect);
  const part = (side: number, window: number, moved: number): [number, number] => {
    const length = Math.min(1, window / zoom / side);
    const start = ((side - window / zoom) / 2 - moved / zoom) / side;
    return [Math.min(1 - length, Math.max(0, start)), length];
  };
  const [x, width] = part(picture.width, frame.width, crop.x);
  const [y, height] = part(picture.height, frame.height, crop.y);
  return { x, y, width, height };
}

/** Keeps the window inside the picture, as the crop tool does when it is dragged. */
export function restrained({ crop, zoom }: Placement, picture: Size, aspect: number): Placement {
  const frame = windowOn(picture, aspect);
  const within = (value: number, side: number, window: number): number => {
    const most = Math.abs((side * zoom - window) / 2);
    return Math.min(most, Math.max(-most, value));
  };
  return {
    zoom,
    crop: { x: within(crop.x, picture.width, frame.width), y: within(crop.y, picture.height, frame.height) },
  };
}

/** Whether an area is turned against its photo: upright out of a wide one, or the other way round. */
export function isTurnedArea(area: Area, photo: Size): boolean {
  const isWideArea = area.width * photo.width >= area.height * photo.height;
  return isWideArea !== photo.width >= photo.height;
}
