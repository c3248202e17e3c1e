package dev.tocsin.api.v1alpha1;

import java.util.Map;

/** The forms that texts of the API take, as RE2 patterns that match the whole text. */
public final class Syntax {
    /**
     * A duration as Prometheus writes it: units in falling order, each at most once, or a bare 0. The number of digits
     * is bounded so that no sum overflows 64-bit nanoseconds.
     */
    public static final String DURATION = "^(0|([0-9]{1,2}y)?([0-9]{1,3}w)?([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?"
            + "([0-9]{1,8}s)?([0-9]{1,9}ms)?)$";

    /** A duration above zero: no number begins with 0. */
    public static final String POSITIVE_DURATION = "^([1-9][0-9]?y)?([1-9][0-9]{0,2}w)?([1-9][0-9]{0,3}d)?"
            + "([1-9][0-9]{0,4}h)?([1-9][0-9]{0,5}m)?([1-9][0-9]{0,7}s)?([1-9][0-9]{0,8}ms)?$";

    /** A duration of whole seconds, at least one. */
    public static final String INTERVAL = "^([1-9][0-9]?y)?([1-9][0-9]{0,2}w)?([1-9][0-9]{0,3}d)?"
            + "([1-9][0-9]{0,4}h)?([1-9][0-9]{0,5}m)?([1-9][0-9]{0,7}s)?$";

    /** A label name of Prometheus. */
    public static final String LABEL_NAME = "^[a-zA-Z_][a-zA-Z0-9_]*$";

    /** The name of a query or expression, as it stands behind the $ in math. */
    public static final String REF_NAME = "^[a-zA-Z_][a-zA-Z0-9_]*$";

    /** A label name, or three dots, which stand for all labels. */
    public static final String GROUP_BY = "^([a-zA-Z_][a-zA-Z0-9_]*|[.]{3})$";

    /** A name such as those of namespaces (RFC 1123 label). */
    public static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /** A name such as those of Secrets (RFC 1123 subdomain). */
    public static final String DNS_SUBDOMAIN = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";

    /** A name of a Kubernetes label, perhaps with a domain before it. */
    public static final String KUBERNETES_LABEL_NAME =
            "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$";

    /** A value of a Kubernetes label, perhaps empty. */
    public static final String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";

    /** A key of a Secret or ConfigMap. */
    public static final String SECRET_KEY = "^[-._a-zA-Z0-9]+$";

    /** A ContactPoint of the same namespace, or namespace/name. */
    public static final String CONTACT_POINT =
            "^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$";

    /** At least one character that is not white space. */
    public static final String NOT_BLANK = "\\S";

    /** Text on one line, not empty. */
    public static final String ONE_LINE = "^[^\\r\\n]+$";

    /** Text on one line, perhaps empty. */
    public static final String LINE = "^[^\\r\\n]*$";

    /** A mail address, perhaps with a name before it, or a template that gives one. */
    public static final String MAIL_ADDRESS = "^[^\\r\\n]*([^\\s@]@[^\\s@]|[{]{2})[^\\r\\n]*$";

    /** A host and a port; an IPv6 address stands in brackets. */
    public static final String HOST_PORT = "^([^\\s:/\\[\\]]+|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}$";

    /** A URL with http or https and a host. */
    public static final String HTTP_URL = "^https?://[^\\s/?#]+([/?#]\\S*)?$";

    /** A kind of responder of Opsgenie, or a template that gives one. */
    public static final String RESPONDER_TYPE = "^(team|teams|user|escalation|schedule|.*[{]{2}.*)$";

    /** The scheme of an Authorization header. */
    public static final String AUTHORIZATION_TYPE = "^[a-zA-Z][-a-zA-Z0-9]*$";

    /** A time of day, 00:00 to 23:59. */
    public static final String TIME_OF_DAY = "^([01][0-9]|2[0-3]):[0-5][0-9]$";

    /** A time of day, 00:00 to 24:00. */
    public static final String END_TIME_OF_DAY = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";

    /** A weekday or a range of them. */
    public static final String WEEKDAYS =
            "^(sun|mon|tues|wednes|thurs|fri|satur)day" + "(:(sun|mon|tues|wednes|thurs|fri|satur)day)?$";

    /** A day of the month or a range; negative numbers count from its end. */
    public static final String DAYS_OF_MONTH = "^-?([1-9]|[12][0-9]|3[01])(:-?([1-9]|[12][0-9]|3[01]))?$";

    private static final String MONTH =
            "(january|february|march|april|may|june|july|august|september|october|november" + "|december|[1-9]|1[0-2])";

    /** A month, by name or number, or a range. */
    public static final String MONTHS = "^" + MONTH + "(:" + MONTH + ")?$";

    /** A year or a range. */
    public static final String YEARS = "^[0-9]{4}(:[0-9]{4})?$";

    /** A time zone of the IANA database. */
    public static final String LOCATION = "^[a-zA-Z][-+_a-zA-Z0-9]*(/[-+_a-zA-Z0-9]+)*$";

    /** A condition's type. */
    public static final String CONDITION_TYPE = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
            + "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$";

    /** A condition's reason. */
    public static final String CONDITION_REASON = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$";

    /** What to tell somebody whose text does not have the form, by pattern. */
    public static final Map<String, String> EXPLANATIONS = Map.ofEntries(
            Map.entry(DURATION, "must be a duration such as 30s, 5m or 1h30m, units in falling order"),
            Map.entry(
                    POSITIVE_DURATION,
                    "must be a duration above zero such as 30s, 5m or 1h30m, units in falling order"),
            Map.entry(INTERVAL, "must be a duration of at least 1s such as 30s, 5m or 1h30m, units in falling order"),
            Map.entry(LABEL_NAME, "must be a label name: letters, digits and underscores, not beginning with a digit"),
            Map.entry(
                    GROUP_BY,
                    "must be a label name (letters, digits and underscores, not beginning with a digit) or ... for all"
                            + " labels"),
            Map.entry(DNS_LABEL, "must be a name of lower case letters, digits and dashes, such as team-shop"),
            Map.entry(
                    DNS_SUBDOMAIN, "must be a name of lower case letters, digits, dashes and dots, such as team-shop"),
            Map.entry(KUBERNETES_LABEL_NAME, "must be the name of a Kubernetes label such as team or example.com/team"),
            Map.entry(
                    LABEL_VALUE,
                    "must be the value of a Kubernetes label: letters, digits, dashes, underscores and dots"),
            Map.entry(
                    SECRET_KEY,
                    "must be a key of a Secret or ConfigMap: letters, digits, dashes, underscores and dots"),
            Map.entry(
                    CONTACT_POINT,
                    "must be the name of a ContactPoint such as team-shop, or platform/pager for one of another"
                            + " namespace"),
            Map.entry(NOT_BLANK, "must not be blank"),
            Map.entry(ONE_LINE, "must be one line of text"),
            Map.entry(LINE, "must be one line of text"),
            Map.entry(MAIL_ADDRESS, "must be a mail address such as team@example.com"),
            Map.entry(HOST_PORT, "must be host:port such as smtp.example.com:587"),
            Map.entry(HTTP_URL, "must be a URL that begins with http:// or https://"),
            Map.entry(
                    RESPONDER_TYPE, "must be team, teams, user, escalation or schedule, or a template that gives one"),
            Map.entry(AUTHORIZATION_TYPE, "must be the name of an authorization scheme such as Bearer"),
            Map.entry(TIME_OF_DAY, "must be a time of day as HH:MM, 00:00 to 23:59"),
            Map.entry(END_TIME_OF_DAY, "must be a time of day as HH:MM, 00:00 to 24:00"),
            Map.entry(WEEKDAYS, "must be a weekday in lower case such as monday, or a range such as monday:friday"),
            Map.entry(
                    DAYS_OF_MONTH,
                    "must be a day of the month, 1 to 31, or -1 to -31 counted from its end, or a range such as 1:7"),
            Map.entry(MONTHS, "must be a month in lower case such as may, or 1 to 12, or a range such as june:august"),
            Map.entry(YEARS, "must be a year such as 2027, or a range such as 2027:2029"),
            Map.entry(LOCATION, "must be a time zone of the IANA database such as Europe/Berlin or UTC"));

    private Syntax() {}
}
