/** The most bytes of JSON in a page of a list. If the first item alone has more, it is the only one on its page. */
export const max_page_bytes = 1024 * 1024;
