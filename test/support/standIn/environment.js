/**
 * @typedef {object} Environment
 * @property {number} port
 * @property {string} databaseUrl
 * @property {boolean} migrate
 */

/** Fields with what is wrong with a value of theirs; undefined is a variable that is not set. */
const rules = {
  PORT: (value) => (value !== undefined && Number.isNaN(Number(value)) ? 'Expected number, received nan' : undefined),
  NODE_ENV: (value) =>
    value === undefined || ['development', 'production', 'test'].includes(value)
      ? undefined
      : `Invalid enum value. Expected 'development' | 'production' | 'test', received '${value}'`,
  SESSION_SECRET: (value) =>
    value !== undefined && value.length < 32 ? 'String must contain at least 32 character(s)' : undefined,
  APP_BASE_URL: (value) => (value === undefined || URL.canParse(value) ? undefined : 'Invalid url'),
  DATABASE_URL: (value) => {
    if (value === undefined) return 'Required';
    return URL.canParse(value) ? undefined : 'Invalid url';
  },
};

/**
 * Reads and validates the environment; says what is wrong with it and raises.
 *
 * @param {NodeJS.ProcessEnv} variables
 * @returns {Environment}
 */
export function readEnvironment(variables) {
  /** @type {Record<string, unknown>} */
  const wrong = { _errors: [] };
  for (const [name, rule] of Object.entries(rules)) {
    const problem = rule(variables[name]);
    if (problem) wrong[name] = { _errors: [problem] };
  }
  if (Object.keys(wrong).length > 1) {
    console.error('❌ Invalid environment variables:');
    console.error(wrong);
    throw new Error('Invalid environment variables');
  }
  if (variables.NODE_ENV === 'production' && variables.SESSION_SECRET === undefined) {
    console.warn('⚠️  WARNING: Using default SESSION_SECRET in production! Set a secure random value.');
  }
  return {
    port: Number(variables.PORT ?? 3456),
    databaseUrl: variables.DATABASE_URL ?? '',
    // Only this very spelling is true.
    migrate: (variables.RUN_MIGRATIONS_ON_START ?? 'true') === 'true',
  };
}
