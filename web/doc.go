// Package web carries the web application inside the program: the files that
// `npm run build` leaves in dist. The build tag noui leaves them out.
//
// Files under assets/ have names made from their content and may be cached for
// ever. Every path that is no file and no API path belongs to the application's
// own router and is answered with index.html.
package web
