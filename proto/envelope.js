import { writeUint64 } from './write-64.js';
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var nebula_message;
(function (nebula_message) {
    let Envelope;
    (function (Envelope) {
        let _codec;
        Envelope.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.wrapper != null && obj.wrapper.byteLength > 0)) {
                        w.uint32(10);
                        w.bytes(obj.wrapper);
                    }
                    if ((obj.seqno != null && obj.seqno !== 0n)) {
                        w.uint32(16);
                        writeUint64(w, obj.seqno);
                    }
                    if ((obj.signature != null && obj.signature.byteLength > 0)) {
                        w.uint32(26);
                        w.bytes(obj.signature);
                    }
                    if ((obj.hops != null && obj.hops !== 0)) {
                        w.uint32(32);
                        w.uint32(obj.hops);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        wrapper: uint8ArrayAlloc(0),
                        seqno: 0n,
                        signature: uint8ArrayAlloc(0),
                        hops: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.wrapper = reader.bytes();
                                break;
                            }
                            case 2: {
                                obj.seqno = reader.uint64();
                                break;
                            }
                            case 3: {
                                obj.signature = reader.bytes();
                                break;
                            }
                            case 4: {
                                obj.hops = reader.uint32();
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
                                    field: `${prefix}.wrapper`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.seqno`,
                                    value: reader.uint64()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.signature`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 4: {
                                yield {
                                    field: `${prefix}.hops`,
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
            return encodeMessage(obj, Envelope.codec());
        }
        Envelope.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Envelope.codec(), opts);
        }
        Envelope.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Envelope.codec(), opts);
        }
        Envelope.stream = stream;
    })(Envelope = nebula_message.Envelope || (nebula_message.Envelope = {}));
    let Ack;
    (function (Ack) {
        let _codec;
        Ack.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.count != null && obj.count !== 0)) {
                        w.uint32(8);
                        w.uint32(obj.count);
                    }
                    if (obj.beyond != null) {
                        w.uint32(16);
                        writeUint64(w, obj.beyond);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        count: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.count = reader.uint32();
                                break;
                            }
                            case 2: {
                                obj.beyond = reader.uint64();
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
                                    field: `${prefix}.count`,
                                    value: reader.uint32()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.beyond`,
                                    value: reader.uint64()
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
            return encodeMessage(obj, Ack.codec());
        }
        Ack.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Ack.codec(), opts);
        }
        Ack.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Ack.codec(), opts);
        }
        Ack.stream = stream;
    })(Ack = nebula_message.Ack || (nebula_message.Ack = {}));
    let _codec;
    nebula_message.codec = () => {
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
        return encodeMessage(obj, nebula_message.codec());
    }
    nebula_message.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, nebula_message.codec(), opts);
    }
    nebula_message.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, nebula_message.codec(), opts);
    }
    nebula_message.stream = stream;
})(nebula_message || (nebula_message = {}));
