package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.HttpConfig;
import dev.tocsin.api.v1alpha1.PublicSource;
import dev.tocsin.api.v1alpha1.TlsConfig;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a server is called: the parts that the kinds of receivers share (prometheus/common v0.67.5, config). */
public final class HttpFields {
    /** Names that Alertmanager refuses. */
    private static final Set<String> RESERVED_HEADERS = Set.of(
            "authorization",
            "host",
            "content-encoding",
            "content-length",
            "content-type",
            "user-agent",
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "www-authenticate",
            "accept-encoding",
            "x-prometheus-remote-write-version",
            "x-prometheus-remote-read-version",
            "x-prometheus-scrape-timeout-seconds",
            "x-amz-date",
            "x-amz-security-token",
            "x-amz-content-sha256");

    private HttpFields() {}

    static void http(HttpConfig http, ReceiverFields fields) {
        long credentials = Stream.of(http.authorization() != null, http.basicAuth() != null, http.oauth2() != null)
                .filter(given -> given)
                .count();
        if (credentials > 1) {
            fields.invalid("authorization", "authorization, basicAuth and oauth2 exclude each other; keep one");
        }
        fields.object("authorization", http.authorization(), HttpFields::authorization);
        fields.object("basicAuth", http.basicAuth(), HttpFields::basicAuth);
        fields.object("oauth2", http.oauth2(), HttpFields::oauth2);
        fields.object("tls_config", "tls", http.tls(), HttpFields::tls);
        fields.flag("followRedirects", http.followRedirects());
        fields.flag("enableHttp2", http.enableHttp2());
        if (http.headers() != null) {
            http.headers().keySet().forEach(name -> headerIsRefused(name, fields));
        }
        fields.headers("http_headers", "headers", http.headers());
    }

    private static void authorization(HttpConfig.Authorization authorization, ReceiverFields fields) {
        String type = authorization.type();
        if (type != null && type.strip().equalsIgnoreCase("basic")) {
            fields.invalid("type", "cannot be Basic; use basicAuth");
        }
        fields.plain("type", type);
        fields.secret("credentials", authorization.credentials());
    }

    private static void basicAuth(HttpConfig.BasicAuth basicAuth, ReceiverFields fields) {
        fields.plain("username", basicAuth.username());
        fields.secret("password", basicAuth.password());
    }

    private static void oauth2(HttpConfig.OAuth2 oauth2, ReceiverFields fields) {
        if ((oauth2.clientSecret() == null) == (oauth2.assertion() == null)) {
            fields.invalid("clientSecret", "set exactly one of clientSecret and assertion");
        }
        fields.required("clientId", oauth2.clientId(), "give the id of the client");
        fields.plain("clientId", oauth2.clientId());
        fields.secret("clientSecret", oauth2.clientSecret());
        fields.required("tokenUrl", oauth2.tokenUrl(), "give the URL that gives the token");
        fields.url("tokenUrl", oauth2.tokenUrl());
        fields.plains("scopes", oauth2.scopes());
        fields.plains("endpointParams", oauth2.endpointParams());
        fields.object("tls_config", "tls", oauth2.tls(), HttpFields::tls);
        fields.flat("assertion", oauth2.assertion(), HttpFields::assertion);
    }

    private static void assertion(HttpConfig.Assertion assertion, ReceiverFields fields) {
        fields.section().put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        fields.privateKey("client_certificate_key", "key", assertion.key());
        fields.plain("client_certificate_key_id", "keyId", assertion.keyId());
        fields.choice("signature_algorithm", "algorithm", assertion.algorithm());
        fields.plain("iss", "issuer", assertion.issuer());
        fields.plain("audience", assertion.audience());
        fields.plains("claims", assertion.claims());
    }

    /** Whether Alertmanager refuses to set a header of that name. */
    public static boolean isReserved(String header) {
        return RESERVED_HEADERS.contains(header.toLowerCase(Locale.ROOT));
    }

    private static void headerIsRefused(String name, ReceiverFields fields) {
        if (!Texts.isHeaderName(name)) {
            fields.invalid("headers", "\"" + name + "\" is not a header name; use letters, digits and dashes");
        }
        if (isReserved(name)) {
            fields.invalid("headers", "\"" + name + "\" is set by Alertmanager itself; remove it");
        }
    }

    static void tls(TlsConfig tls, ReceiverFields fields) {
        certificates("ca", tls.ca(), fields);
        certificates("cert", tls.cert(), fields);
        fields.privateKey("key", "key", tls.key());
        if ((tls.cert() == null) != (tls.key() == null)) {
            fields.invalid("cert", "cert and key go together; set both or neither");
        }
        fields.plain("serverName", tls.serverName());
        fields.flag("insecureSkipVerify", tls.insecureSkipVerify());
        fields.choice("minVersion", tls.minVersion());
        fields.choice("maxVersion", tls.maxVersion());
    }

    /**
     * Certificates in PEM. Alertmanager v0.31.1 looks into them only when it applies a configuration: amtool accepts
     * bad ones, the reload then fails for everybody.
     */
    private static void certificates(String field, @Nullable PublicSource source, ReceiverFields fields) {
        fields.value(field, source)
                .filter(pem -> !isCertificates(pem))
                .ifPresent(
                        pem -> fields.invalid(field, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"));
    }

    private static boolean isCertificates(String pem) {
        try {
            return pem.contains("-----BEGIN CERTIFICATE-----")
                    && !CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                            .isEmpty();
        } catch (CertificateException e) {
            return false;
        }
    }
}
