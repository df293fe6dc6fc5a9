/**
 * How the generated code reads an `enum` that later versions may add to: a
 * number that is not known is what the schema calls UNSPECIFIED.
 * protons-runtime's own function throws, so that the whole frame could not be
 * read.
 */
import { enumeration } from 'protons-runtime';
/** @param values - those of a generated enum: names by number and numbers by name */
export function openEnumeration(values) {
    const closed = enumeration(values);
    const byKey = values;
    return {
        ...closed,
        decode: (reader) => {
            const number = reader.int32();
            return (byKey[number] ?? byKey[0]);
        }
    };
}
