/** The screens of the window. Keys start with `screen.`. */
export const screens = {
  'screen.welcome.title': 'Welcome',
} as const;
