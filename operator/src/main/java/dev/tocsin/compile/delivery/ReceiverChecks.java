package dev.tocsin.compile.delivery;

import dev.tocsin.api.v1alpha1.HttpConfig;
import dev.tocsin.api.v1alpha1.Receiver;

/** What a kind of receiver and how its server is called say about each other. The CRD has the same as rules. */
final class ReceiverChecks {
    private ReceiverChecks() {}

    /** @param item the item of spec.receivers, which sets one kind */
    static void check(Receiver receiver, ReceiverFields item) {
        emailIsCalledByHttp(receiver, item);
        webexHasNoToken(receiver, item);
        incidentioHasNoTokenOrTwo(receiver, item);
        slackAppHasSecondCredential(receiver, item);
    }

    private static void emailIsCalledByHttp(Receiver receiver, ReceiverFields item) {
        if (receiver.email() != null && receiver.http() != null) {
            item.invalid("http", "does not go with email; use email.authUsername, authPassword and tls");
        }
    }

    private static void webexHasNoToken(Receiver receiver, ReceiverFields item) {
        if (receiver.webex() != null && !hasAuthorization(receiver)) {
            item.invalid("http.authorization", "is missing; give the bot's token, webex needs it");
        }
    }

    private static void incidentioHasNoTokenOrTwo(Receiver receiver, ReceiverFields item) {
        if (receiver.incidentio() != null
                && (receiver.incidentio().alertSourceToken() != null) == hasAuthorization(receiver)) {
            item.invalid("incidentio.alertSourceToken", "set exactly one of this and http.authorization");
        }
    }

    private static void slackAppHasSecondCredential(Receiver receiver, ReceiverFields item) {
        HttpConfig http = receiver.http();
        if (receiver.slack() != null
                && receiver.slack().appToken() != null
                && http != null
                && (http.authorization() != null || http.basicAuth() != null || http.oauth2() != null)) {
            item.invalid("http", "slack.appToken is the credential; remove authorization, basicAuth and oauth2");
        }
    }

    private static boolean hasAuthorization(Receiver receiver) {
        return receiver.http() != null && receiver.http().authorization() != null;
    }
}
