/** Titles, places and explanations of fixes, titles and notes of plans. Keys start with `fix.`. */
export const fixes = {
  'fix.create-extension.title': 'Enable the extension',
} as const;
