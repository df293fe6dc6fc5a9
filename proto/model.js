import { openEnumeration } from './open-enumeration.js';
import { writeUint64, writeInt64 } from './write-64.js';
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var nebula_model;
(function (nebula_model) {
    let Kind;
    (function (Kind) {
        Kind["MODEL"] = "MODEL";
        Kind["OFFER"] = "OFFER";
    })(Kind = nebula_model.Kind || (nebula_model.Kind = {}));
    let __KindValues;
    (function (__KindValues) {
        __KindValues[__KindValues["MODEL"] = 0] = "MODEL";
        __KindValues[__KindValues["OFFER"] = 1] = "OFFER";
    })(__KindValues || (__KindValues = {}));
    (function (Kind) {
        Kind.codec = () => {
            return enumeration(__KindValues);
        };
    })(Kind = nebula_model.Kind || (nebula_model.Kind = {}));
    let Encoding;
    (function (Encoding) {
        Encoding["NONE"] = "NONE";
        Encoding["ZSTD"] = "ZSTD";
        Encoding["ZLIB"] = "ZLIB";
        Encoding["BROTLI"] = "BROTLI";
    })(Encoding = nebula_model.Encoding || (nebula_model.Encoding = {}));
    let __EncodingValues;
    (function (__EncodingValues) {
        __EncodingValues[__EncodingValues["NONE"] = 0] = "NONE";
        __EncodingValues[__EncodingValues["ZSTD"] = 1] = "ZSTD";
        __EncodingValues[__EncodingValues["ZLIB"] = 2] = "ZLIB";
        __EncodingValues[__EncodingValues["BROTLI"] = 3] = "BROTLI";
    })(__EncodingValues || (__EncodingValues = {}));
    (function (Encoding) {
        Encoding.codec = () => {
            return enumeration(__EncodingValues);
        };
    })(Encoding = nebula_model.Encoding || (nebula_model.Encoding = {}));
    let Status;
    (function (Status) {
        Status["ACCEPT"] = "ACCEPT";
        Status["HAVE"] = "HAVE";
        Status["PENDING"] = "PENDING";
        Status["REFUSE"] = "REFUSE";
    })(Status = nebula_model.Status || (nebula_model.Status = {}));
    let __StatusValues;
    (function (__StatusValues) {
        __StatusValues[__StatusValues["ACCEPT"] = 0] = "ACCEPT";
        __StatusValues[__StatusValues["HAVE"] = 1] = "HAVE";
        __StatusValues[__StatusValues["PENDING"] = 2] = "PENDING";
        __StatusValues[__StatusValues["REFUSE"] = 3] = "REFUSE";
    })(__StatusValues || (__StatusValues = {}));
    (function (Status) {
        Status.codec = () => {
            return enumeration(__StatusValues);
        };
    })(Status = nebula_model.Status || (nebula_model.Status = {}));
    let Reason;
    (function (Reason) {
        Reason["UNSPECIFIED"] = "UNSPECIFIED";
        Reason["FEDERATION_MISMATCH"] = "FEDERATION_MISMATCH";
        Reason["TOO_LARGE"] = "TOO_LARGE";
        Reason["UNWANTED"] = "UNWANTED";
        Reason["BUSY"] = "BUSY";
        Reason["NOT_FOUND"] = "NOT_FOUND";
        Reason["CANCELLED"] = "CANCELLED";
        Reason["STALLED"] = "STALLED";
        Reason["FAILED"] = "FAILED";
        Reason["SHUTTING_DOWN"] = "SHUTTING_DOWN";
        Reason["NO_SPACE"] = "NO_SPACE";
    })(Reason = nebula_model.Reason || (nebula_model.Reason = {}));
    let __ReasonValues;
    (function (__ReasonValues) {
        __ReasonValues[__ReasonValues["UNSPECIFIED"] = 0] = "UNSPECIFIED";
        __ReasonValues[__ReasonValues["FEDERATION_MISMATCH"] = 1] = "FEDERATION_MISMATCH";
        __ReasonValues[__ReasonValues["TOO_LARGE"] = 2] = "TOO_LARGE";
        __ReasonValues[__ReasonValues["UNWANTED"] = 3] = "UNWANTED";
        __ReasonValues[__ReasonValues["BUSY"] = 4] = "BUSY";
        __ReasonValues[__ReasonValues["NOT_FOUND"] = 5] = "NOT_FOUND";
        __ReasonValues[__ReasonValues["CANCELLED"] = 6] = "CANCELLED";
        __ReasonValues[__ReasonValues["STALLED"] = 7] = "STALLED";
        __ReasonValues[__ReasonValues["FAILED"] = 8] = "FAILED";
        __ReasonValues[__ReasonValues["SHUTTING_DOWN"] = 9] = "SHUTTING_DOWN";
        __ReasonValues[__ReasonValues["NO_SPACE"] = 10] = "NO_SPACE";
    })(__ReasonValues || (__ReasonValues = {}));
    (function (Reason) {
        Reason.codec = () => {
            return openEnumeration(__ReasonValues);
        };
    })(Reason = nebula_model.Reason || (nebula_model.Reason = {}));
    let ModelHeader;
    (function (ModelHeader) {
        let _codec;
        ModelHeader.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.federation != null && obj.federation !== '')) {
                        w.uint32(10);
                        w.string(obj.federation);
                    }
                    if ((obj.origin != null && obj.origin !== '')) {
                        w.uint32(18);
                        w.string(obj.origin);
                    }
                    if ((obj.seqno != null && obj.seqno !== 0n)) {
                        w.uint32(24);
                        writeUint64(w, obj.seqno);
                    }
                    if (obj.kind != null && __KindValues[obj.kind] !== 0) {
                        w.uint32(32);
                        nebula_model.Kind.codec().encode(obj.kind, w);
                    }
                    if ((obj.round != null && obj.round !== 0)) {
                        w.uint32(40);
                        w.int32(obj.round);
                    }
                    if ((obj.weight != null && obj.weight !== 0n)) {
                        w.uint32(48);
                        writeInt64(w, obj.weight);
                    }
                    if ((obj.details != null && obj.details.byteLength > 0)) {
                        w.uint32(58);
                        w.bytes(obj.details);
                    }
                    if (obj.encoding != null && __EncodingValues[obj.encoding] !== 0) {
                        w.uint32(64);
                        nebula_model.Encoding.codec().encode(obj.encoding, w);
                    }
                    if ((obj.decodedSize != null && obj.decodedSize !== 0n)) {
                        w.uint32(72);
                        writeUint64(w, obj.decodedSize);
                    }
                    if ((obj.encodedSize != null && obj.encodedSize !== 0n)) {
                        w.uint32(80);
                        writeUint64(w, obj.encodedSize);
                    }
                    if ((obj.chunkSize != null && obj.chunkSize !== 0)) {
                        w.uint32(88);
                        w.uint32(obj.chunkSize);
                    }
                    if ((obj.hashes != null && obj.hashes.byteLength > 0)) {
                        w.uint32(98);
                        w.bytes(obj.hashes);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        federation: '',
                        origin: '',
                        seqno: 0n,
                        kind: Kind.MODEL,
                        round: 0,
                        weight: 0n,
                        details: uint8ArrayAlloc(0),
                        encoding: Encoding.NONE,
                        decodedSize: 0n,
                        encodedSize: 0n,
                        chunkSize: 0,
                        hashes: uint8ArrayAlloc(0)
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.federation = reader.string();
                                break;
                            }
                            case 2: {
                                obj.origin = reader.string();
                                break;
                            }
                            case 3: {
                                obj.seqno = reader.uint64();
                                break;
                            }
                            case 4: {
                                obj.kind = nebula_model.Kind.codec().decode(reader);
                                break;
                            }
                            case 5: {
                                obj.round = reader.int32();
                                break;
                            }
                            case 6: {
                                obj.weight = reader.int64();
                                break;
                            }
                            case 7: {
                                obj.details = reader.bytes();
                                break;
                            }
                            case 8: {
                                obj.encoding = nebula_model.Encoding.codec().decode(reader);
                                break;
                            }
                            case 9: {
                                obj.decodedSize = reader.uint64();
                                break;
                            }
                            case 10: {
                                obj.encodedSize = reader.uint64();
                                break;
                            }
                            case 11: {
                                obj.chunkSize = reader.uint32();
                                break;
                            }
                            case 12: {
                                obj.hashes = reader.bytes();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.federation`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.origin`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.seqno`,
                                    value: reader.uint64()
                                };
                                break;
                            }
                            case 4: {
                                yield {
                                    field: `${prefix}.kind`,
                                    value: nebula_model.Kind.codec().decode(reader)
                                };
                                break;
                            }
                            case 5: {
                                yield {
                                    field: `${prefix}.round`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            case 6: {
                                yield {
                                    field: `${prefix}.weight`,
                                    value: reader.int64()
                                };
                                break;
                            }
                            case 7: {
                                yield {
                                    field: `${prefix}.details`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 8: {
                                yield {
                                    field: `${prefix}.encoding`,
                                    value: nebula_model.Encoding.codec().decode(reader)
                                };
                                break;
                            }
                            case 9: {
                                yield {
                                    field: `${prefix}.decodedSize`,
                                    value: reader.uint64()
                                };
                                break;
                            }
                            case 10: {
                                yield {
                                    field: `${prefix}.encodedSize`,
                                    value: reader.uint64()
                                };
                                break;
                            }
                            case 11: {
                                yield {
                                    field: `${prefix}.chunkSize`,
                                    value: reader.uint32()
                                };
                                break;
                            }
                            case 12: {
                                yield {
                                    field: `${prefix}.hashes`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, ModelHeader.codec());
        }
        ModelHeader.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, ModelHeader.codec(), opts);
        }
        ModelHeader.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, ModelHeader.codec(), opts);
        }
        ModelHeader.stream = stream;
    })(ModelHeader = nebula_model.ModelHeader || (nebula_model.ModelHeader = {}));
    let Range;
    (function (Range) {
        let _codec;
        Range.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.start != null && obj.start !== 0)) {
                        w.uint32(8);
                        w.uint32(obj.start);
                    }
                    if ((obj.count != null && obj.count !== 0)) {
                        w.uint32(16);
                        w.uint32(obj.count);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        start: 0,
                        count: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.start = reader.uint32();
                                break;
                            }
                            case 2: {
                                obj.count = reader.uint32();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.start`,
                                    value: reader.uint32()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.count`,
                                    value: reader.uint32()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Range.codec());
        }
        Range.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Range.codec(), opts);
        }
        Range.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Range.codec(), opts);
        }
        Range.stream = stream;
    })(Range = nebula_model.Range || (nebula_model.Range = {}));
    let Offer;
    (function (Offer) {
        let _codec;
        Offer.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.header != null && obj.header.byteLength > 0)) {
                        w.uint32(10);
                        w.bytes(obj.header);
                    }
                    if ((obj.signature != null && obj.signature.byteLength > 0)) {
                        w.uint32(18);
                        w.bytes(obj.signature);
                    }
                    if ((obj.complete != null && obj.complete !== false)) {
                        w.uint32(24);
                        w.bool(obj.complete);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        header: uint8ArrayAlloc(0),
                        signature: uint8ArrayAlloc(0),
                        complete: false
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.header = reader.bytes();
                                break;
                            }
                            case 2: {
                                obj.signature = reader.bytes();
                                break;
                            }
                            case 3: {
                                obj.complete = reader.bool();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.header`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.signature`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.complete`,
                                    value: reader.bool()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Offer.codec());
        }
        Offer.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Offer.codec(), opts);
        }
        Offer.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Offer.codec(), opts);
        }
        Offer.stream = stream;
    })(Offer = nebula_model.Offer || (nebula_model.Offer = {}));
    let Want;
    (function (Want) {
        let _codec;
        Want.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.id != null && obj.id.byteLength > 0)) {
                        w.uint32(10);
                        w.bytes(obj.id);
                    }
                    if ((obj.header != null && obj.header !== false)) {
                        w.uint32(16);
                        w.bool(obj.header);
                    }
                    if (obj.ranges != null && obj.ranges.length > 0) {
                        for (const value of obj.ranges) {
                            w.uint32(26);
                            nebula_model.Range.codec().encode(value, w);
                        }
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        id: uint8ArrayAlloc(0),
                        header: false,
                        ranges: []
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.id = reader.bytes();
                                break;
                            }
                            case 2: {
                                obj.header = reader.bool();
                                break;
                            }
                            case 3: {
                                if (opts.limits?.ranges != null && obj.ranges.length === opts.limits.ranges) {
                                    throw new MaxLengthError('Decode error - repeated field "ranges" had too many elements');
                                }
                                obj.ranges.push(nebula_model.Range.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.ranges$
                                }));
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const obj = {
                        ranges: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.id`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.header`,
                                    value: reader.bool()
                                };
                                break;
                            }
                            case 3: {
                                if (opts.limits?.ranges != null && obj.ranges === opts.limits.ranges) {
                                    throw new MaxLengthError('Streaming decode error - repeated field "ranges" had too many elements');
                                }
                                for (const evt of nebula_model.Range.codec().stream(reader, reader.uint32(), `${prefix}.ranges[]`, {
                                    limits: opts.limits?.ranges$
                                })) {
                                    yield {
                                        ...evt,
                                        index: obj.ranges
                                    };
                                }
                                obj.ranges++;
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Want.codec());
        }
        Want.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Want.codec(), opts);
        }
        Want.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Want.codec(), opts);
        }
        Want.stream = stream;
    })(Want = nebula_model.Want || (nebula_model.Want = {}));
    let Answer;
    (function (Answer) {
        let _codec;
        Answer.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.status != null && __StatusValues[obj.status] !== 0) {
                        w.uint32(8);
                        nebula_model.Status.codec().encode(obj.status, w);
                    }
                    if (obj.reason != null && __ReasonValues[obj.reason] !== 0) {
                        w.uint32(16);
                        nebula_model.Reason.codec().encode(obj.reason, w);
                    }
                    if ((obj.complete != null && obj.complete !== false)) {
                        w.uint32(24);
                        w.bool(obj.complete);
                    }
                    if (obj.ranges != null && obj.ranges.length > 0) {
                        for (const value of obj.ranges) {
                            w.uint32(34);
                            nebula_model.Range.codec().encode(value, w);
                        }
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        status: Status.ACCEPT,
                        reason: Reason.UNSPECIFIED,
                        complete: false,
                        ranges: []
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.status = nebula_model.Status.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.reason = nebula_model.Reason.codec().decode(reader);
                                break;
                            }
                            case 3: {
                                obj.complete = reader.bool();
                                break;
                            }
                            case 4: {
                                if (opts.limits?.ranges != null && obj.ranges.length === opts.limits.ranges) {
                                    throw new MaxLengthError('Decode error - repeated field "ranges" had too many elements');
                                }
                                obj.ranges.push(nebula_model.Range.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.ranges$
                                }));
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const obj = {
                        ranges: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.status`,
                                    value: nebula_model.Status.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.reason`,
                                    value: nebula_model.Reason.codec().decode(reader)
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.complete`,
                                    value: reader.bool()
                                };
                                break;
                            }
                            case 4: {
                                if (opts.limits?.ranges != null && obj.ranges === opts.limits.ranges) {
                                    throw new MaxLengthError('Streaming decode error - repeated field "ranges" had too many elements');
                                }
                                for (const evt of nebula_model.Range.codec().stream(reader, reader.uint32(), `${prefix}.ranges[]`, {
                                    limits: opts.limits?.ranges$
                                })) {
                                    yield {
                                        ...evt,
                                        index: obj.ranges
                                    };
                                }
                                obj.ranges++;
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Answer.codec());
        }
        Answer.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Answer.codec(), opts);
        }
        Answer.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Answer.codec(), opts);
        }
        Answer.stream = stream;
    })(Answer = nebula_model.Answer || (nebula_model.Answer = {}));
    let Request;
    (function (Request) {
        let _codec;
        Request.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.ranges != null && obj.ranges.length > 0) {
                        for (const value of obj.ranges) {
                            w.uint32(10);
                            nebula_model.Range.codec().encode(value, w);
                        }
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        ranges: []
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                if (opts.limits?.ranges != null && obj.ranges.length === opts.limits.ranges) {
                                    throw new MaxLengthError('Decode error - repeated field "ranges" had too many elements');
                                }
                                obj.ranges.push(nebula_model.Range.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.ranges$
                                }));
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const obj = {
                        ranges: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                if (opts.limits?.ranges != null && obj.ranges === opts.limits.ranges) {
                                    throw new MaxLengthError('Streaming decode error - repeated field "ranges" had too many elements');
                                }
                                for (const evt of nebula_model.Range.codec().stream(reader, reader.uint32(), `${prefix}.ranges[]`, {
                                    limits: opts.limits?.ranges$
                                })) {
                                    yield {
                                        ...evt,
                                        index: obj.ranges
                                    };
                                }
                                obj.ranges++;
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Request.codec());
        }
        Request.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Request.codec(), opts);
        }
        Request.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Request.codec(), opts);
        }
        Request.stream = stream;
    })(Request = nebula_model.Request || (nebula_model.Request = {}));
    let Chunk;
    (function (Chunk) {
        let _codec;
        Chunk.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.index != null && obj.index !== 0)) {
                        w.uint32(8);
                        w.uint32(obj.index);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        index: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.index = reader.uint32();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.index`,
                                    value: reader.uint32()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Chunk.codec());
        }
        Chunk.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Chunk.codec(), opts);
        }
        Chunk.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Chunk.codec(), opts);
        }
        Chunk.stream = stream;
    })(Chunk = nebula_model.Chunk || (nebula_model.Chunk = {}));
    let Complete;
    (function (Complete) {
        let _codec;
        Complete.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {};
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Complete.codec());
        }
        Complete.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Complete.codec(), opts);
        }
        Complete.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Complete.codec(), opts);
        }
        Complete.stream = stream;
    })(Complete = nebula_model.Complete || (nebula_model.Complete = {}));
    let Cancel;
    (function (Cancel) {
        let _codec;
        Cancel.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.reason != null && __ReasonValues[obj.reason] !== 0) {
                        w.uint32(8);
                        nebula_model.Reason.codec().encode(obj.reason, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        reason: Reason.UNSPECIFIED
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.reason = nebula_model.Reason.codec().decode(reader);
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.reason`,
                                    value: nebula_model.Reason.codec().decode(reader)
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Cancel.codec());
        }
        Cancel.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Cancel.codec(), opts);
        }
        Cancel.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Cancel.codec(), opts);
        }
        Cancel.stream = stream;
    })(Cancel = nebula_model.Cancel || (nebula_model.Cancel = {}));
    let ModelFrame;
    (function (ModelFrame) {
        let _codec;
        ModelFrame.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    obj = { ...obj };
                    if (obj.cancel != null) {
                        obj.complete = undefined;
                        obj.chunk = undefined;
                        obj.request = undefined;
                        obj.answer = undefined;
                        obj.want = undefined;
                        obj.offer = undefined;
                    }
                    if (obj.complete != null) {
                        obj.cancel = undefined;
                        obj.chunk = undefined;
                        obj.request = undefined;
                        obj.answer = undefined;
                        obj.want = undefined;
                        obj.offer = undefined;
                    }
                    if (obj.chunk != null) {
                        obj.cancel = undefined;
                        obj.complete = undefined;
                        obj.request = undefined;
                        obj.answer = undefined;
                        obj.want = undefined;
                        obj.offer = undefined;
                    }
                    if (obj.request != null) {
                        obj.cancel = undefined;
                        obj.complete = undefined;
                        obj.chunk = undefined;
                        obj.answer = undefined;
                        obj.want = undefined;
                        obj.offer = undefined;
                    }
                    if (obj.answer != null) {
                        obj.cancel = undefined;
                        obj.complete = undefined;
                        obj.chunk = undefined;
                        obj.request = undefined;
                        obj.want = undefined;
                        obj.offer = undefined;
                    }
                    if (obj.want != null) {
                        obj.cancel = undefined;
                        obj.complete = undefined;
                        obj.chunk = undefined;
                        obj.request = undefined;
                        obj.answer = undefined;
                        obj.offer = undefined;
                    }
                    if (obj.offer != null) {
                        obj.cancel = undefined;
                        obj.complete = undefined;
                        obj.chunk = undefined;
                        obj.request = undefined;
                        obj.answer = undefined;
                        obj.want = undefined;
                    }
                    if (obj.offer != null) {
                        w.uint32(10);
                        nebula_model.Offer.codec().encode(obj.offer, w);
                    }
                    if (obj.want != null) {
                        w.uint32(18);
                        nebula_model.Want.codec().encode(obj.want, w);
                    }
                    if (obj.answer != null) {
                        w.uint32(26);
                        nebula_model.Answer.codec().encode(obj.answer, w);
                    }
                    if (obj.request != null) {
                        w.uint32(34);
                        nebula_model.Request.codec().encode(obj.request, w);
                    }
                    if (obj.chunk != null) {
                        w.uint32(42);
                        nebula_model.Chunk.codec().encode(obj.chunk, w);
                    }
                    if (obj.complete != null) {
                        w.uint32(50);
                        nebula_model.Complete.codec().encode(obj.complete, w);
                    }
                    if (obj.cancel != null) {
                        w.uint32(58);
                        nebula_model.Cancel.codec().encode(obj.cancel, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {};
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.offer = nebula_model.Offer.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.offer
                                });
                                break;
                            }
                            case 2: {
                                obj.want = nebula_model.Want.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.want
                                });
                                break;
                            }
                            case 3: {
                                obj.answer = nebula_model.Answer.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.answer
                                });
                                break;
                            }
                            case 4: {
                                obj.request = nebula_model.Request.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.request
                                });
                                break;
                            }
                            case 5: {
                                obj.chunk = nebula_model.Chunk.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.chunk
                                });
                                break;
                            }
                            case 6: {
                                obj.complete = nebula_model.Complete.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.complete
                                });
                                break;
                            }
                            case 7: {
                                obj.cancel = nebula_model.Cancel.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.cancel
                                });
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    if (obj.cancel != null) {
                        delete obj.complete;
                        delete obj.chunk;
                        delete obj.request;
                        delete obj.answer;
                        delete obj.want;
                        delete obj.offer;
                    }
                    if (obj.complete != null) {
                        delete obj.cancel;
                        delete obj.chunk;
                        delete obj.request;
                        delete obj.answer;
                        delete obj.want;
                        delete obj.offer;
                    }
                    if (obj.chunk != null) {
                        delete obj.cancel;
                        delete obj.complete;
                        delete obj.request;
                        delete obj.answer;
                        delete obj.want;
                        delete obj.offer;
                    }
                    if (obj.request != null) {
                        delete obj.cancel;
                        delete obj.complete;
                        delete obj.chunk;
                        delete obj.answer;
                        delete obj.want;
                        delete obj.offer;
                    }
                    if (obj.answer != null) {
                        delete obj.cancel;
                        delete obj.complete;
                        delete obj.chunk;
                        delete obj.request;
                        delete obj.want;
                        delete obj.offer;
                    }
                    if (obj.want != null) {
                        delete obj.cancel;
                        delete obj.complete;
                        delete obj.chunk;
                        delete obj.request;
                        delete obj.answer;
                        delete obj.offer;
                    }
                    if (obj.offer != null) {
                        delete obj.cancel;
                        delete obj.complete;
                        delete obj.chunk;
                        delete obj.request;
                        delete obj.answer;
                        delete obj.want;
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield* nebula_model.Offer.codec().stream(reader, reader.uint32(), `${prefix}.offer`, {
                                    limits: opts.limits?.offer
                                });
                                break;
                            }
                            case 2: {
                                yield* nebula_model.Want.codec().stream(reader, reader.uint32(), `${prefix}.want`, {
                                    limits: opts.limits?.want
                                });
                                break;
                            }
                            case 3: {
                                yield* nebula_model.Answer.codec().stream(reader, reader.uint32(), `${prefix}.answer`, {
                                    limits: opts.limits?.answer
                                });
                                break;
                            }
                            case 4: {
                                yield* nebula_model.Request.codec().stream(reader, reader.uint32(), `${prefix}.request`, {
                                    limits: opts.limits?.request
                                });
                                break;
                            }
                            case 5: {
                                yield* nebula_model.Chunk.codec().stream(reader, reader.uint32(), `${prefix}.chunk`, {
                                    limits: opts.limits?.chunk
                                });
                                break;
                            }
                            case 6: {
                                yield* nebula_model.Complete.codec().stream(reader, reader.uint32(), `${prefix}.complete`, {
                                    limits: opts.limits?.complete
                                });
                                break;
                            }
                            case 7: {
                                yield* nebula_model.Cancel.codec().stream(reader, reader.uint32(), `${prefix}.cancel`, {
                                    limits: opts.limits?.cancel
                                });
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, ModelFrame.codec());
        }
        ModelFrame.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, ModelFrame.codec(), opts);
        }
        ModelFrame.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, ModelFrame.codec(), opts);
        }
        ModelFrame.stream = stream;
    })(ModelFrame = nebula_model.ModelFrame || (nebula_model.ModelFrame = {}));
    let _codec;
    nebula_model.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, nebula_model.codec());
    }
    nebula_model.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, nebula_model.codec(), opts);
    }
    nebula_model.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, nebula_model.codec(), opts);
    }
    nebula_model.stream = stream;
})(nebula_model || (nebula_model = {}));
