const soonDays = 30;

/** Whether a certificate is valid at a moment; `soon`: it ends within 30 days. */
export function validity(
  certificate: { validFrom: string; validTo: string },
  now: Date,
): 'valid' | 'soon' | 'expired' | 'not-yet' {
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  if (now.getTime() < from) return 'not-yet';
  if (now.getTime() > to) return 'expired';
  return to - now.getTime() < soonDays * 86_400_000 ? 'soon' : 'valid';
}
