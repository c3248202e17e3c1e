package dev.tocsin.api.v1alpha1;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An e-mail through an SMTP server. */
public record EmailReceiver(
        List<String> to,
        String from,
        String smarthost,
        @Nullable String hello,
        @Nullable String authUsername,
        @Nullable SecretSource authPassword,
        @Nullable String authIdentity,
        @Nullable Boolean requireTls,
        @Nullable TlsConfig tls,
        @Nullable Map<String, String> headers,
        @Nullable String html,
        @Nullable String text,
        @Nullable Boolean sendResolved) {}
