/** The iris of the app. */
export function Logo({ size = 18 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 3.5l4.2 7.4M20.3 10.5l-8.5.1M18.6 17.4L14 10.2M12 20.5l-4.2-7.4M3.7 13.5l8.5-.1M5.4 6.6L10 13.8" />
    </svg>
  );
}
