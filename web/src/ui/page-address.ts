/**
 * Returns whether a path is one of the console's pages, whose routes are given: the first segment decides. The server
 * responds to other paths, such as `/docs`.
 */
export const isPageAddress = (routes: readonly string[], pathname: string): boolean =>
  routes.some((route) => route.split('/')[1] === pathname.split('/')[1]);
