package dev.tocsin.compile.delivery;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Takes secrets out of a message. An engine may quote a part of one only (a port, the word after a dot), or quote it
 * escaped: so every piece of some letters is taken out that occurs in a secret.
 */
final class Redaction {
    private static final String REDACTED = "<secret>";

    /** Shorter pieces tell little and occur in ordinary words. */
    private static final int PIECE = 6;

    private Redaction() {}

    static String redacted(String message, Collection<String> secrets) {
        Set<String> pieces = new HashSet<>();
        for (int i = 0; i + PIECE <= message.length(); i++) {
            pieces.add(message.substring(i, i + PIECE));
        }
        Set<String> secretPieces = new HashSet<>();
        String result = message;
        for (String secret : secrets) {
            if (secret.length() < PIECE) {
                result = result.replace(secret, REDACTED);
            }
            for (int i = 0; i + PIECE <= secret.length(); i++) {
                String piece = secret.substring(i, i + PIECE);
                if (pieces.contains(piece)) {
                    secretPieces.add(piece);
                }
            }
        }
        return secretPieces.isEmpty() ? result : without(result, secretPieces);
    }

    private static String without(String message, Set<String> pieces) {
        StringBuilder result = new StringBuilder();
        int hiddenUntil = -1;
        for (int i = 0; i < message.length(); i++) {
            if (i + PIECE <= message.length() && pieces.contains(message.substring(i, i + PIECE))) {
                if (i > hiddenUntil) {
                    result.append(REDACTED);
                }
                hiddenUntil = i + PIECE;
            }
            if (i >= hiddenUntil) {
                result.append(message.charAt(i));
            }
        }
        return result.toString();
    }
}
