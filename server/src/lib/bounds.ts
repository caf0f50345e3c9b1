/** The bytes of JSON that a page of a list may have, unless its first item alone has more: then it has that one. */
export const max_page_bytes = 1024 * 1024;
