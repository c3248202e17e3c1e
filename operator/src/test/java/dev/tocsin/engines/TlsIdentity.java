package dev.tocsin.engines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate with its key that no public authority knows: it is its own authority.
 *
 * @param certificate in PEM form
 * @param key in PEM form
 * @param keystore the same as PKCS #12, with {@link #PASSWORD}
 */
public record TlsIdentity(String certificate, String key, Path keystore) {
    public static final String PASSWORD = "changeit";
    private static final String ALIAS = "identity";

    /**
     * Makes one with the JDK's keytool.
     *
     * @param folder takes the key store
     * @param names of hosts that it is good for, beside 127.0.0.1
     */
    public static TlsIdentity make(Path folder, String... names) throws Exception {
        Path keystore = folder.resolve("identity.p12");
        String alternatives = Stream.concat(
                        Stream.of("ip:127.0.0.1"), Stream.of(names).map(name -> "dns:" + name))
                .collect(Collectors.joining(","));
        Engines.Answer answer = Engines.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-dname",
                "CN=tocsin-test",
                "-ext",
                "san=" + alternatives,
                "-ext",
                "bc:c",
                "-storetype",
                "PKCS12",
                "-keystore",
                keystore.toString(),
                "-storepass",
                PASSWORD));
        if (answer.exitStatus() != 0) {
            throw new IOException("keytool: " + answer.output());
        }
        KeyStore store = load(keystore);
        return new TlsIdentity(
                pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded()),
                pem("PRIVATE KEY", store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()),
                keystore);
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                + "-----\n";
    }

    private static KeyStore load(Path keystore) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(keystore)) {
            store.load(content, PASSWORD.toCharArray());
        }
        return store;
    }

    /** Shows this identity, and trusts it alone. */
    public SSLContext context() throws IOException {
        try {
            KeyStore store = load(keystore);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
