import type { Schema } from '../../api/http';

export type Photo = Schema['ClientPhoto'];

/** One stretch of the gallery: a section, or what a gallery has besides its sections. */
export interface Chapter {
  id: string;
  gallery: string;
  /** The gallery's name where a chapter is the first of its gallery and there are several galleries. */
  heading: string | null;
  /** The section's name; empty for the photos of a gallery without sections; null for those beside its sections. */
  title: string | null;
  /** Which section to ask the API for; null for all photos of the gallery. */
  section: string | null;
  photos: Photo[];
}

/** The chapters of a share in order, still without photos. */
export function chaptersOf(share: Schema['ClientGallery']): Chapter[] {
  const several = share.galleries.length > 1;
  return share.galleries.flatMap((gallery) => {
    const sections = gallery.sections.map(({ id, name }) => ({
      id,
      title: name,
      section: id as string | null,
    }));
    const rest = { id: gallery.id, title: sections.length > 0 ? null : '', section: null };
    return [...sections, rest].map((chapter, place) => ({
      ...chapter,
      gallery: gallery.id,
      heading: several && place === 0 ? gallery.name : null,
      photos: [],
    }));
  });
}

/** What a chapter keeps of a page: the API lists all photos of a gallery where no section is named. */
export function belonging(chapter: Chapter, page: Photo[]): Photo[] {
  return chapter.title === null ? page.filter((photo) => !photo.section) : page;
}

/** Chapters as people see them: without empty ones, and with the heading on the first that is left of a gallery. */
export function visibleChapters(chapters: Chapter[], share: Schema['ClientGallery']): Chapter[] {
  const headed = new Set<string>();
  return chapters
    .filter((chapter) => chapter.photos.length > 0)
    .map((chapter) => {
      if (share.galleries.length < 2 || headed.has(chapter.gallery)) return { ...chapter, heading: null };
      headed.add(chapter.gallery);
      const gallery = share.galleries.find(({ id }) => id === chapter.gallery);
      return { ...chapter, heading: gallery?.name ?? null };
    });
}
