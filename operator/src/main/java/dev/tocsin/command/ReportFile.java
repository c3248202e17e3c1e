package dev.tocsin.command;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Writes a report to the file that an option names. */
final class ReportFile {
    private ReportFile() {}

    /** @throws IOException with a sentence for the user when it cannot be written */
    static void write(String option, Path file, String text) throws IOException {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new IOException(option + ": " + file + " cannot be written: " + reason(e), e);
        }
    }

    /** Of some the message is the file's name alone. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "its folder does not exist";
            case FileSystemException failure when failure.getReason() != null -> String.valueOf(failure.getReason());
            default -> e.toString();
        };
    }
}
