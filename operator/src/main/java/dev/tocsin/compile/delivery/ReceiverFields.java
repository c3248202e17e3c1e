package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.HttpConfig;
import dev.tocsin.api.v1alpha1.SecretKeyRef;
import dev.tocsin.api.v1alpha1.SecretSource;
import dev.tocsin.api.v1alpha1.TlsConfig;
import dev.tocsin.api.v1alpha1.ValueSource;
import dev.tocsin.compile.PromDuration;
import dev.tocsin.compile.Verdict.Reason;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the fields of one receiver: resolves references, checks each value for what Alertmanager would refuse, and
 * keeps the texts that are templates. A kind of receiver is a list of calls on it.
 *
 * <p>In every method <code>key</code> is Alertmanager's name of the field and <code>field</code> the user's.
 */
final class ReceiverFields {
    private final String namespace;
    private final String path;
    private final SecretValues secrets;
    private final Objections objections;
    private final List<TemplateText> templates;
    private final Set<String> used;
    private final Map<String, Object> section = new LinkedHashMap<>();

    /**
     * @param path the receiver, for example spec.receivers[0].slack
     * @param templates takes the texts that are templates
     * @param used takes the values that came from Secrets
     */
    ReceiverFields(
            String namespace,
            String path,
            SecretValues secrets,
            Objections objections,
            List<TemplateText> templates,
            Set<String> used) {
        this.namespace = namespace;
        this.path = path;
        this.secrets = secrets;
        this.objections = objections;
        this.templates = templates;
        this.used = used;
    }

    Map<String, Object> section() {
        return section;
    }

    /** A part without which Alertmanager refuses the file. */
    void required(String field, boolean present, String fix) {
        if (!present) {
            objections.invalid(path + "." + field, "is missing; " + fix);
        }
    }

    void invalid(String field, String problem) {
        objections.invalid(path + "." + field, problem);
    }

    /** A text that Alertmanager takes as it is. */
    void plain(String key, String field, @Nullable String value) {
        if (value != null && isWritable(field, value)) {
            section.put(key, value);
        }
    }

    /** A text that Alertmanager executes with text/template. */
    void template(String key, String field, @Nullable String value) {
        template(key, field, value, false);
    }

    /** A text that Alertmanager executes with html/template. */
    void htmlTemplate(String key, String field, @Nullable String value) {
        template(key, field, value, true);
    }

    private void template(String key, String field, @Nullable String value, boolean html) {
        if (value != null && isWritable(field, value)) {
            templates.add(new TemplateText(path + "." + field, value, html));
            section.put(key, value);
        }
    }

    /** Texts by name, each of which Alertmanager executes with text/template. */
    void templates(String key, String field, @Nullable Map<String, String> values) {
        if (values == null || values.isEmpty()) {
            return;
        }
        Map<String, String> written = new TreeMap<>();
        values.forEach((name, value) -> {
            String entry = field + "." + name;
            if (value != null && isWritable(field, name) && isWritable(entry, value)) {
                templates.add(new TemplateText(path + "." + entry, value, false));
                written.put(name, value);
            }
        });
        section.put(key, written);
    }

    void flag(String key, @Nullable Boolean value) {
        if (value != null) {
            section.put(key, value);
        }
    }

    /** A whole number; Alertmanager reads these into unsigned integers. */
    void count(String key, String field, @Nullable Integer value) {
        if (value == null) {
            return;
        }
        if (value < 0) {
            invalid(field, "must not be negative");
        }
        section.put(key, value);
    }

    /** A duration, which receivers take in Go's syntax: it has no unit above hours. */
    void duration(String key, String field, @Nullable String value) {
        if (value == null) {
            return;
        }
        Optional<Duration> duration = PromDuration.parse(value);
        if (duration.isEmpty()) {
            invalid(field, "must be a duration such as 10s or 1m30s");
            return;
        }
        section.put(key, duration.get().toMillis() + "ms");
    }

    void secret(String key, String field, @Nullable SecretSource source) {
        if (source != null) {
            resolve(field, source.secretKeyRef()).ifPresent(value -> section.put(key, value));
        }
    }

    /** An http or https URL. */
    void url(String key, String field, @Nullable ValueSource source) {
        resolve(field, source).ifPresent(value -> {
            Texts.notHttpUrl(value).ifPresent(problem -> invalid(field, problem));
            section.put(key, value);
        });
    }

    /** A URL that may hold template expressions, as Alertmanager 0.31 takes it for webhooks. */
    void templatedUrl(String key, String field, @Nullable ValueSource source) {
        resolve(field, source).ifPresent(value -> {
            TemplateText template = new TemplateText(path + "." + field, value, false);
            if (template.isTemplate()) {
                templates.add(template);
            } else {
                Texts.notHttpUrl(value).ifPresent(problem -> invalid(field, problem));
            }
            section.put(key, value);
        });
    }

    void http(@Nullable HttpConfig http) {
        if (http == null) {
            return;
        }
        ReceiverFields inner = inside("http");
        if (http.authorization() != null && http.basicAuth() != null) {
            invalid("http", "authorization and basicAuth exclude each other; keep one");
        }
        if (http.authorization() != null) {
            inner.authorization(http.authorization());
        }
        if (http.basicAuth() != null) {
            ReceiverFields basic = inner.inside("basicAuth");
            basic.plain("username", "username", http.basicAuth().username());
            basic.secret("password", "password", http.basicAuth().password());
            inner.section.put("basic_auth", basic.section);
        }
        inner.tls("tls_config", http.tls());
        inner.flag("follow_redirects", http.followRedirects());
        section.put("http_config", inner.section);
    }

    private void authorization(HttpConfig.Authorization authorization) {
        ReceiverFields inner = inside("authorization");
        String type = authorization.type();
        if (type != null && type.strip().equalsIgnoreCase("basic")) {
            inner.invalid("type", "cannot be Basic; use basicAuth");
        }
        inner.plain("type", "type", type);
        inner.secret("credentials", "credentials", authorization.credentials());
        section.put("authorization", inner.section);
    }

    void tls(String key, @Nullable TlsConfig tls) {
        if (tls == null) {
            return;
        }
        ReceiverFields inner = inside("tls");
        inner.certificates("ca", "ca", tls.ca());
        inner.plain("server_name", "serverName", tls.serverName());
        inner.flag("insecure_skip_verify", tls.insecureSkipVerify());
        section.put(key, inner.section);
    }

    /**
     * Certificates in PEM. Alertmanager v0.31.1 looks into them only when it applies a configuration: amtool accepts
     * bad ones, the reload then fails for everybody.
     */
    private void certificates(String key, String field, @Nullable ValueSource source) {
        resolve(field, source).ifPresent(value -> {
            if (!isCertificates(value)) {
                invalid(field, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
            }
            section.put(key, value);
        });
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

    private ReceiverFields inside(String field) {
        return new ReceiverFields(namespace, path + "." + field, secrets, objections, templates, used);
    }

    private Optional<String> resolve(String field, @Nullable ValueSource source) {
        if (source == null) {
            return Optional.empty();
        }
        if ((source.value() == null) == (source.secretKeyRef() == null)) {
            invalid(field, "needs exactly one of value and secretKeyRef");
            return Optional.empty();
        }
        String value = source.value();
        if (value == null) {
            return resolve(field, source.secretKeyRef());
        }
        return isWritable(field, value) ? Optional.of(value) : Optional.empty();
    }

    private Optional<String> resolve(String field, @Nullable SecretKeyRef reference) {
        if (reference == null || reference.name() == null || reference.key() == null) {
            invalid(field, "needs secretKeyRef with name and key");
            return Optional.empty();
        }
        SecretRef ref = new SecretRef(namespace, reference.name(), reference.key());
        return switch (secrets.lookup(ref)) {
            case SecretValues.Lookup.Found(String value) -> nonEmpty(field, ref, value);
            case SecretValues.Lookup.NoSecret() ->
                noSecret(
                        field,
                        "there is no Secret \"" + ref.name() + "\" in namespace \"" + namespace
                                + "\"; create it: kubectl -n " + namespace + " create secret generic " + ref.name()
                                + " --from-literal=" + ref.key() + "=...");
            case SecretValues.Lookup.NoKey() ->
                noSecret(
                        field,
                        "the Secret \"" + ref.name() + "\" has no key \"" + ref.key() + "\"; add it: kubectl -n "
                                + namespace + " patch secret " + ref.name() + " -p '{\"stringData\":{\"" + ref.key()
                                + "\":\"...\"}}'");
            case SecretValues.Lookup.NotText() ->
                noSecret(field, "key \"" + ref.key() + "\" of the Secret \"" + ref.name() + "\" is not UTF-8 text");
            case SecretValues.Lookup.Unreadable(String why) ->
                noSecret(field, "the Secret \"" + ref.name() + "\" cannot be read: " + why);
        };
    }

    private Optional<String> nonEmpty(String field, SecretRef ref, String value) {
        if (value.isEmpty()) {
            return noSecret(field, "key \"" + ref.key() + "\" of the Secret \"" + ref.name() + "\" is empty");
        }
        used.add(value);
        return isWritable(field, value) ? Optional.of(value) : Optional.empty();
    }

    private Optional<String> noSecret(String field, String problem) {
        objections.add(Reason.SecretNotFound, path + "." + field, problem);
        return Optional.empty();
    }

    private boolean isWritable(String field, String value) {
        Optional<String> problem = Texts.controlCharacter(value);
        problem.ifPresent(sentence -> invalid(field, sentence));
        return problem.isEmpty();
    }
}
