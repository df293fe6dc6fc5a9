import { openEnumeration } from './open-enumeration.js';
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var nebula_proxy;
(function (nebula_proxy) {
    let Status;
    (function (Status) {
        Status["UNSPECIFIED"] = "UNSPECIFIED";
        Status["DELIVERED"] = "DELIVERED";
        Status["NOT_LINKED"] = "NOT_LINKED";
        Status["BUSY"] = "BUSY";
        Status["REFUSED"] = "REFUSED";
        Status["TIMEOUT"] = "TIMEOUT";
        Status["TOO_LARGE"] = "TOO_LARGE";
        Status["NOT_A_PROXY"] = "NOT_A_PROXY";
        Status["LOOP"] = "LOOP";
        Status["HOPS"] = "HOPS";
        Status["LOST"] = "LOST";
    })(Status = nebula_proxy.Status || (nebula_proxy.Status = {}));
    let __StatusValues;
    (function (__StatusValues) {
        __StatusValues[__StatusValues["UNSPECIFIED"] = 0] = "UNSPECIFIED";
        __StatusValues[__StatusValues["DELIVERED"] = 1] = "DELIVERED";
        __StatusValues[__StatusValues["NOT_LINKED"] = 2] = "NOT_LINKED";
        __StatusValues[__StatusValues["BUSY"] = 3] = "BUSY";
        __StatusValues[__StatusValues["REFUSED"] = 4] = "REFUSED";
        __StatusValues[__StatusValues["TIMEOUT"] = 5] = "TIMEOUT";
        __StatusValues[__StatusValues["TOO_LARGE"] = 6] = "TOO_LARGE";
        __StatusValues[__StatusValues["NOT_A_PROXY"] = 7] = "NOT_A_PROXY";
        __StatusValues[__StatusValues["LOOP"] = 8] = "LOOP";
        __StatusValues[__StatusValues["HOPS"] = 9] = "HOPS";
        __StatusValues[__StatusValues["LOST"] = 10] = "LOST";
    })(__StatusValues || (__StatusValues = {}));
    (function (Status) {
        Status.codec = () => {
            return openEnumeration(__StatusValues);
        };
    })(Status = nebula_proxy.Status || (nebula_proxy.Status = {}));
    let Delivery;
    (function (Delivery) {
        let _codec;
        Delivery.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.target != null && obj.target !== '')) {
                        w.uint32(10);
                        w.string(obj.target);
                    }
                    if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
                        w.uint32(18);
                        w.bytes(obj.envelope);
                    }
                    if ((obj.timeout != null && obj.timeout !== 0)) {
                        w.uint32(24);
                        w.uint32(obj.timeout);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        target: '',
                        envelope: uint8ArrayAlloc(0),
                        timeout: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.target = reader.string();
                                break;
                            }
                            case 2: {
                                obj.envelope = reader.bytes();
                                break;
                            }
                            case 3: {
                                obj.timeout = reader.uint32();
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
                                    field: `${prefix}.target`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.envelope`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.timeout`,
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
            return encodeMessage(obj, Delivery.codec());
        }
        Delivery.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Delivery.codec(), opts);
        }
        Delivery.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Delivery.codec(), opts);
        }
        Delivery.stream = stream;
    })(Delivery = nebula_proxy.Delivery || (nebula_proxy.Delivery = {}));
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
                        nebula_proxy.Status.codec().encode(obj.status, w);
                    }
                    if ((obj.acknowledgement != null && obj.acknowledgement.byteLength > 0)) {
                        w.uint32(18);
                        w.bytes(obj.acknowledgement);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        status: Status.UNSPECIFIED,
                        acknowledgement: uint8ArrayAlloc(0)
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.status = nebula_proxy.Status.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.acknowledgement = reader.bytes();
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
                                    field: `${prefix}.status`,
                                    value: nebula_proxy.Status.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.acknowledgement`,
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
    })(Answer = nebula_proxy.Answer || (nebula_proxy.Answer = {}));
    let _codec;
    nebula_proxy.codec = () => {
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
        return encodeMessage(obj, nebula_proxy.codec());
    }
    nebula_proxy.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, nebula_proxy.codec(), opts);
    }
    nebula_proxy.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, nebula_proxy.codec(), opts);
    }
    nebula_proxy.stream = stream;
})(nebula_proxy || (nebula_proxy = {}));
