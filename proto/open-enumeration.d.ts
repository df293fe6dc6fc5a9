import type { Codec } from 'protons-runtime';
/** @param values - those of a generated enum: names by number and numbers by name */
export declare function openEnumeration<T>(values: object): Codec<T>;
