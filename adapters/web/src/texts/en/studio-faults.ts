/** What became of files and could not be, by kind. The API's own sentences are English and say more: sizes, and names. */
export const faults: Record<string, string> = {};

/** Why a file is not taken, by kind of problem. */
export const refusals: Record<string, string> = {};
