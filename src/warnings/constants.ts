/** Warnings of one code at once. Their subjects may be peers, which are free to make up; the first ones tell the cause. */
export const MAX_WARNINGS_PER_CODE = 16
