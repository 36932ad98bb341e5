import { z } from 'zod';

/** PostgreSQL keeps 63 bytes of a name and cuts the rest off without a word. */
const longestName = 63;

const nameSchema = z
  .string()
  .min(1)
  .refine((name) => new TextEncoder().encode(name).length <= longestName, { error: 'longer than 63 bytes' })
  .refine((name) => !name.includes('\0') && !/\p{Cs}/u.test(name), { error: 'not a text that PostgreSQL can hold' });

/** The role and the database that Aperture gets. */
export const provisionWishSchema = z.object({
  role: nameSchema.refine((name) => !/^pg_/.test(name) && name !== 'public' && name !== 'none', {
    error: 'a name that PostgreSQL keeps for itself',
  }),
  database: nameSchema.refine((name) => name !== 'template0' && name !== 'template1', {
    error: 'a database that others are made from',
  }),
});
export type ProvisionWish = z.infer<typeof provisionWishSchema>;
