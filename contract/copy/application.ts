/** The window itself, its menu, the settings. Keys start with `app.`. */
export const application = {
  'app.name': 'Aperture Companion',
} as const;
