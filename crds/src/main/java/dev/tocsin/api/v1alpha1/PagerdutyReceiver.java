package dev.tocsin.api.v1alpha1;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An incident in PagerDuty: exactly one of routingKey (Events API v2) and serviceKey (integration type Prometheus). */
public record PagerdutyReceiver(
        @Nullable SecretSource routingKey,
        @Nullable SecretSource serviceKey,
        @Nullable ValueSource url,
        @Nullable String client,
        @Nullable String clientUrl,
        @Nullable String description,
        @Nullable String severity,
        @Nullable String classType,
        @Nullable String component,
        @Nullable String group,
        @Nullable String source,
        @Nullable Map<String, String> details,
        @Nullable Boolean sendResolved,
        @Nullable HttpConfig http) {}
