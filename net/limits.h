/* Every limit of the network storey, with its name and the reason for its size. Those that the
 * server's options may change are defaults. Units are in the names. */
#pragma once

#define NET_BODY_LEN_MAX                                                                           \
    (1u << 20)                     /* several submissions of LEDGER_SUBMISSION_LEN_MAX; else 413   \
                                    */
#define NET_BODY_HARD_FACTOR 4u    /* libh2o cuts the request off here instead of answering */
#define NET_HEADERS_LEN_MAX 16384u /* names and values together; else 431 */
#define NET_HEADER_COUNT_MAX 64u   /* else 431; libh2o itself stops at 100 */
#define NET_TARGET_LEN_MAX 4096u   /* path and query as sent; else 414 */
#define NET_QUERY_COUNT_MAX 32u    /* parameters of a query */
#define NET_PARAM_COUNT_MAX 8u     /* names in a route's pattern */
#define NET_ROUTE_COUNT_MAX 256u   /* routes of one table */
#define NET_RESPONSE_HEADER_COUNT_MAX 8u /* headers that a handler may add */

#define NET_CONNECTION_COUNT_MAX 4096u /* open connections; further ones are closed at once */
#define NET_CONNECTION_RESETS_MAX 200u /* requests a client may abandon on one connection */
#define NET_CONNECTION_REQUESTS_MAX                                                                \
    128u                            /* running at once on one HTTP/2 connection, streams too       \
                                     */
#define NET_HANDSHAKE_MS_MAX 10000u /* TLS handshake */
#define NET_IDLE_MS_MAX 30000u      /* no request, or a request that does not get complete */
#define NET_STALL_MS_MAX 30000u     /* sent bytes that the peer does not acknowledge */
#define NET_REQUEST_MS_MAX 30000u   /* from a request to its answer; then 503 for it */
#define NET_STOP_FLUSH_MS 500u      /* last answers leave within this when stopping */
#define NET_TICK_MS 1000u           /* how often overdue requests are looked for */

#define NET_STREAM_COUNT_MAX 2048u              /* open event streams; a connection each at worst */
#define NET_STREAM_PENDING_LEN_MAX (256u << 10) /* unsent bytes; a slower reader is dropped */
#define NET_STREAM_HEARTBEAT_MS 15000u          /* a comment, so that dead readers are noticed */
#define NET_STREAM_RETRY_MS 2000u               /* what a browser waits before it comes back */

#define NET_WORK_COUNT_MAX 4096u /* jobs in the thread pool or waiting for it */

#define NET_ASSET_COUNT_MAX 4096u      /* files of the web client */
#define NET_ASSETS_LEN_MAX (64u << 20) /* bytes of the web client; all of it stays in memory */

#define NET_NESTING_MAX 32u        /* arrays and maps inside each other, msgpack or JSON */
#define NET_LOG_LINE_LEN_MAX 1024u /* bytes of one log record; longer ones are cut */
#define NET_METRIC_COUNT_MAX 512u  /* series of one registry */
#define NET_STOP_SETTLE_MS 50u     /* when stopping: after the last answer, before connections go */

#define NET_SCHOOL_COUNT_MAX 256u         /* schools open at once in one process */
#define NET_SCHOOL_NAME_LEN_MAX 63u       /* a folder's name and a path's first segment */
#define NET_SCHOOL_WAITING_COUNT_MAX 512u /* requests that wait for one school to open */
#define NET_SCHOOL_RETRY_MS 10000u        /* a school that did not open is tried again after this */

#define NET_SCHOOL_DIR_LEN_MAX 4000u        /* bytes of a school's folder's path */
#define NET_FILE_LEN_MAX NET_BODY_LEN_MAX   /* a file with homework: a worksheet, not a film */
#define NET_FILES_FREE_LEN_MIN (256u << 20) /* free on the disk, else no file is taken */
#define NET_API_BODY_LEN_MAX 16384u         /* of requests that are not events */
#define NET_API_EVENT_COUNT_MAX 64u         /* submissions of one request */
#define NET_API_RANGE_DAYS_MAX 400          /* days that one view may span: a school year */
#define NET_SESSION_COUNT_MAX 16384u        /* reading sessions of one school; the oldest goes */
#define NET_SESSION_PER_ACCOUNT_MAX 16u     /* reading sessions of one account; the oldest goes */
#define NET_CHALLENGE_MS_MAX 120000u        /* from a challenge to its answer */
#define NET_CHALLENGE_SPENT_COUNT_MAX 4096u /* challenges remembered as used; then "busy" */
#define NET_CHALLENGE_SPENT_PER_ACCOUNT_MAX 32u /* of these by one account; it gets 429 */
#define NET_THROTTLE_BUCKET_COUNT 65536u /* of one throttle; two names may share one by chance */

/* Wrong passwords: so many in a row, then one in each time of refilling. The limit over all
 * addresses can hold up a login's owner, so it takes many addresses to reach it. */
#define NET_LOGIN_TRIES_MAX 10u /* for one login from one address */
#define NET_LOGIN_REFILL_MS 60000u
#define NET_LOGIN_ANYWHERE_TRIES_MAX 300u /* for one login from all addresses together */
#define NET_LOGIN_ANYWHERE_REFILL_MS 5000u
#define NET_ADDRESS_TRIES_MAX 200u /* from one address: a whole school may share one */
#define NET_ADDRESS_REFILL_MS 3000u

/* Events cost toll: so much in a row, then one in each time of refilling. A key's is enough for an
 * hour of five cells a second, an account's for an import of many thousands. An account may spend
 * more than one key, so that a stolen session leaves the other half to the account's owner. */
#define NET_EVENT_KEY_TOLL_MAX 20000u
#define NET_EVENT_KEY_REFILL_MS 2000u
#define NET_EVENT_ACCOUNT_TOLL_MAX 40000u
#define NET_EVENT_ACCOUNT_REFILL_MS 1000u
#define NET_EVENT_ADDRESS_TOLL_MAX 200000u /* a whole school may share an address */
#define NET_EVENT_ADDRESS_REFILL_MS 10u
#define NET_EVENT_TOLL 1u           /* of one event */
#define NET_EVENT_SESSION_TOLL 100u /* of one that opens a session: each brings its own key */
#define NET_EVENT_REFUSED_TOLL 20u  /* of one that is refused: it costs work and leaves nothing */

#define NET_READS_TOLD_MAX 2000u /* readings of personal data in one answer */

#define NET_SCRUB_STEP_MS 500u    /* after each 256 entries: two or three per cent of a processor */
#define NET_SCRUB_PASS_MS 600000u /* after a whole pass */

#define NET_ALARMS_LEN_MAX 16384u /* of what waits for an operator to look */

#define NET_WITNESS_CONNECT_MS_MAX 5000u /* until a witness takes the connection */
#define NET_WITNESS_ANSWER_MS_MAX 15000u /* until it has answered */
#define NET_WITNESS_BREATH_MS 1000u      /* between two rounds: many commits make one */
#define NET_WITNESS_RETRY_MS 5000u       /* how often those that failed are looked at */
#define NET_WITNESS_PAUSE_MS_MIN 5000u   /* before one that failed is asked again; then doubled */
#define NET_WITNESS_PAUSE_MS_MAX 600000u

#define NET_LIVE_TOUCH_COUNT_MAX 256u /* changed pages told at once; more: everybody asks anew */
#define NET_LIVE_BREACH_COUNT_MAX 16u /* reports told at once; the newest are enough */
#define NET_LIVE_SWEEP_MS 10000u      /* how often streams of ended sessions are looked for */

#define NET_MESSAGE_CONNECT_MS_MAX 10000u /* until a server or gateway takes the connection */
#define NET_MESSAGE_ANSWER_MS_MAX 60000u  /* until it has answered */
#define NET_MESSAGE_ATTEMPTS_MAX 12u      /* then a message has failed */
#define NET_MESSAGE_PAUSE_MS_MAX 21600000 /* between two attempts; the first pause is settable */
#define NET_MESSAGE_LOOK_MS 5000u         /* how often the outbox is looked at without news */
#define NET_MESSAGE_BREATH_MS 500u        /* between two rounds: many commits make one */
#define NET_MESSAGE_ENTRIES_PER_STEP 512u /* of the log, looked at in one transaction */
#define NET_MESSAGE_KEPT_DAYS_MAX 400     /* records of what is done with */
#define NET_DELIVERIES_COUNT_MAX 500u     /* of these in one answer, the newest */
