package dev.tocsin.importing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names of objects, made from names that people gave to other things. */
public final class Names {
    /** What labels, mount points and most other places take (RFC 1123 label). */
    static final int LONGEST = 63;

    private static final int HASH_LENGTH = 8;
    private static final Pattern WORD_BOUNDARY = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Pattern MARK = Pattern.compile("\\p{M}");
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^a-z0-9]+");
    private static final Pattern EDGES = Pattern.compile("^-+|-+$");

    private Names() {}

    /**
     * A text in lower case letters, digits and dashes: KubePodNotReady becomes kube-pod-not-ready. A text that has
     * nothing of the kind, and one that is too long, gets a part of its SHA-256.
     */
    public static String slug(String text) {
        String plain =
                MARK.matcher(Normalizer.normalize(text, Normalizer.Form.NFD)).replaceAll("");
        String words = WORD_BOUNDARY.matcher(plain).replaceAll("-").toLowerCase(Locale.ROOT);
        String slug =
                EDGES.matcher(NOT_IN_A_NAME.matcher(words).replaceAll("-")).replaceAll("");
        if (slug.isEmpty()) {
            return "n-" + hash(text);
        }
        return slug.length() <= LONGEST ? slug : withHash(slug, text);
    }

    /** A name made longer by what tells it apart, cut so that it fits. */
    static String withHash(String slug, String identity) {
        String head = slug.substring(0, Math.min(slug.length(), LONGEST - HASH_LENGTH - 1));
        return EDGES.matcher(head).replaceAll("") + "-" + hash(identity);
    }

    /** The beginning of a text's SHA-256. */
    public static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
