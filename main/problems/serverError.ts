/** An error as the server sent it, with the names that the driver gives to the fields. */
export type ServerError = Error & {
  severity?: string;
  code: string;
  detail?: string;
  hint?: string;
  /** Name of the C function that raised it: never translated, unlike the message. */
  routine?: string;
};

/** Whether an error came from the server: it has a five-character SQLSTATE and a severity. */
export function isServerError(error: unknown): error is ServerError {
  return (
    error instanceof Error &&
    'severity' in error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code)
  );
}

/** The message, detail and hint as the server wrote them: for searching, and shown as its own words. */
export function words(error: ServerError): string {
  return [error.message, error.detail, error.hint].filter((part) => part !== undefined && part !== '').join('\n');
}

/** What stands in quotation marks, in order; translated messages have their own kinds. Not reliable for names that have quotes in them. */
export function quoted(message: string): string[] {
  return [...message.matchAll(/["«»„“]\s?([^"«»„“”]+?)\s?["«»“”]/g)].map(([, name]) => name ?? '');
}

/** The message without what stands in quotation marks: a role's name must not be taken for a word. */
export function unquoted(message: string): string {
  return message.replace(/["«»„“][^"«»„“”]*["«»“”]/g, '');
}
