/** The driver in the version that the Aperture server has; its types are those of the one that the app has. */
declare module 'pg-of-the-server' {
  export { default } from 'pg';
}
